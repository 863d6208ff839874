package stasis.net.ip;

/** A protocol above IP. */
public interface Transport {
    /** A packet for this host. It is the caller's: what is to stay must be copied. */
    void receive(Inbound in);

    /** A packet that was sent did not get there. */
    void failed(IcmpError error);
}
