package stasis.net.link;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link PacketLink} leads to: something of the host that takes and gives packets, and waits
 * for none. Whoever owns the stack has to be told when there is something to receive.
 */
public interface PacketDevice {
    /** Largest IP packet. */
    int mtu();

    /** As {@link LinkEndpoint#address} has it. */
    long address();

    /** Takes the packet in any case, and may keep it until {@link #flush}. False: it is lost. */
    boolean send(PacketBuffer packet);

    void flush();

    /** The next packet, in a buffer of {@code pool}; null if none is there now. */
    @Nullable PacketBuffer receive(PacketPool pool);
}
