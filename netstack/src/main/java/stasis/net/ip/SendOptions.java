package stasis.net.ip;

import stasis.state.Saved;

/**
 * How a packet is to travel. {@code nicIndex} 0 lets the routes decide. Without {@code mayFragment}
 * a packet that is too long is an error for the sender.
 */
@Saved("net.SendOptions")
public record SendOptions(int hops, int trafficClass, boolean mayFragment, int nicIndex) {
    public static final int DEFAULT_HOPS = 64;
    public static final SendOptions DEFAULT = new SendOptions(DEFAULT_HOPS, 0, true, 0);
    public static final SendOptions WHOLE = new SendOptions(DEFAULT_HOPS, 0, false, 0);

    public SendOptions {
        if (hops < 0 || hops > 255 || trafficClass < 0 || trafficClass > 255 || nicIndex < 0) {
            throw new IllegalArgumentException("no such way to travel");
        }
    }

    public SendOptions withHops(int other) {
        return new SendOptions(other, trafficClass, mayFragment, nicIndex);
    }

    public SendOptions withTrafficClass(int other) {
        return new SendOptions(hops, other, mayFragment, nicIndex);
    }

    public SendOptions withMayFragment(boolean other) {
        return new SendOptions(hops, trafficClass, other, nicIndex);
    }

    public SendOptions withNic(int other) {
        return new SendOptions(hops, trafficClass, mayFragment, other);
    }
}
