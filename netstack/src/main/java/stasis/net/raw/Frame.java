package stasis.net.raw;

import stasis.state.Saved;

/**
 * One that passed an interface, from its link header on.
 *
 * @param headerLength of the link header: 14 on Ethernet, 0 where there is none
 * @param protocol an EtherType, even if no header says so
 */
@Saved("net.Frame")
public record Frame(
        int nicIndex, Kind kind, int protocol, int headerLength, long seenNanos, byte[] data) {
    private static final int OVERHEAD = 256;

    /** For whom, packet(7), {@code sll_pkttype}. */
    public enum Kind {
        HOST,
        BROADCAST,
        MULTICAST,
        OTHER_HOST,
        OUTGOING
    }

    int cost() {
        return data.length + OVERHEAD;
    }
}
