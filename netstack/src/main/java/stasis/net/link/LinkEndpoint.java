package stasis.net.link;

import org.jspecify.annotations.Nullable;

import stasis.net.time.Timed;
import stasis.state.SavedKind;

/**
 * Where packets leave the stack and enter it. With Ethernet, packets have its header; without, they
 * begin with that of IP.
 */
@SavedKind
public interface LinkEndpoint {
    /** Largest IP packet. */
    int mtu();

    /** Whether packets have an Ethernet header, and neighbours an address to be found. */
    boolean isEthernet();

    /** Six bytes, the first the highest; 0 without Ethernet. */
    long address();

    /** Takes the packet in any case. False: there was no room, it is lost. */
    boolean send(PacketBuffer packet);

    /** What was sent is to leave now: nothing more is coming for the moment. */
    default void flush() {}

    /** The next packet, which the caller then owns; null if none is there by {@code nowNanos}. */
    @Nullable PacketBuffer receive(long nowNanos);

    /** When {@link #receive} will have something without anything else happening. */
    default long nextNanos() {
        return Timed.NEVER;
    }

    /**
     * Packets stay within this stack's memory, so checksums are neither made nor looked at, as
     * Linux does on lo.
     */
    default boolean isTrusted() {
        return false;
    }
}
