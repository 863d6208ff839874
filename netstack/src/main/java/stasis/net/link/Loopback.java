package stasis.net.link;

import org.jspecify.annotations.Nullable;

import stasis.net.time.Timed;
import stasis.state.Saved;

/** What is sent is received, lo. */
@Saved("net.Loopback")
public final class Loopback implements LinkEndpoint {
    /** That of Linux; IPv4 packets end one byte earlier. */
    public static final int MTU = 65536;

    private static final int CAPACITY = 1024;

    private PacketQueue queue = new PacketQueue(CAPACITY);

    public Loopback() {}

    @Override
    public int mtu() {
        return MTU;
    }

    @Override
    public boolean isEthernet() {
        return false;
    }

    @Override
    public long address() {
        return 0;
    }

    @Override
    public boolean send(PacketBuffer packet) {
        return queue.offer(packet);
    }

    @Override
    public @Nullable PacketBuffer receive(long nowNanos) {
        return queue.poll();
    }

    @Override
    public long nextNanos() {
        return queue.isEmpty() ? Timed.NEVER : Long.MIN_VALUE;
    }

    @Override
    public boolean isTrusted() {
        return true;
    }
}
