package stasis.net.ip;

/** Hears of every packet for this host before its transport does. */
public interface PacketTap {
    /** Hears nothing. */
    PacketTap NONE =
            new PacketTap() {
                @Override
                public boolean hear(Inbound in) {
                    return false;
                }

                @Override
                public void failed(IcmpError error) {}
            };

    /** Returns whether anybody wanted it: then its protocol is not unknown here. */
    boolean hear(Inbound in);

    void failed(IcmpError error);
}
