package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.link.PacketBuffer;
import stasis.net.wire.Ipv4Header;
import stasis.state.Saved;

import java.util.LinkedHashMap;
import java.util.Map;

/** Packets that come in parts. Bounded in bytes and number: the eldest make room. */
@Saved("net.Fragments")
final class Fragments {
    /** {@code /proc/sys/net/ipv4/ipfrag_high_thresh}. */
    static final int MAX_BYTES = 4 << 20;

    static final int MAX_PACKETS = 1024;

    /** {@code /proc/sys/net/ipv4/ipfrag_time}. */
    private static final long LIFETIME_NANOS = 30_000_000_000L;

    private IpLayer ip;
    private Map<FragmentKey, Reassembly> open = new LinkedHashMap<>();
    private int bytes;

    @SuppressWarnings("NullAway.Init") // for a restore
    private Fragments() {}

    Fragments(IpLayer ip) {
        this.ip = ip;
    }

    NetContext context() {
        return ip.context();
    }

    int openPackets() {
        return open.size();
    }

    int heldBytes() {
        return bytes;
    }

    /**
     * One more part: bytes from..to of the packet's array belong at {@code offset} of what the
     * header at headerFrom..headerTo is about.
     *
     * @return the whole packet, header first, which is the caller's; null if there is none yet
     */
    @Nullable PacketBuffer add(
            FragmentKey key,
            Nic nic,
            PacketBuffer packet,
            int headerFrom,
            int headerTo,
            int offset,
            boolean last) {
        int length = packet.length();
        boolean sound = length > 0 && (last || length % 8 == 0);
        if (!sound || offset + length + headerTo - headerFrom > Ipv4Header.MAX_PACKET) {
            nic.counters().receivedBad++;
            return null;
        }
        Reassembly r = open.get(key);
        if (r == null) r = begin(key, nic);
        int before = r.sizeBytes();
        if (offset == 0) r.takeHeader(packet.bytes(), headerFrom, headerTo);
        var outcome = r.add(packet.bytes(), packet.start(), packet.end(), offset, last);
        bytes += r.sizeBytes() - before;
        return finish(r, outcome);
    }

    private @Nullable PacketBuffer finish(Reassembly r, Reassembly.Outcome outcome) {
        if (outcome == Reassembly.Outcome.WAITING) {
            while (bytes > MAX_BYTES) drop(eldest());
            return null;
        }
        PacketBuffer whole = outcome == Reassembly.Outcome.COMPLETE ? r.toPacket(context()) : null;
        drop(r);
        return whole;
    }

    private Reassembly begin(FragmentKey key, Nic nic) {
        if (open.size() >= MAX_PACKETS) drop(eldest());
        long deadline = context().now() + LIFETIME_NANOS;
        Reassembly r = new Reassembly(this, key, nic.index(), deadline);
        open.put(key, r);
        return r;
    }

    private Reassembly eldest() {
        return open.values().iterator().next();
    }

    private void drop(Reassembly r) {
        open.remove(r.key());
        bytes -= r.sizeBytes();
        r.forget();
    }

    /** RFC 1122 3.3.2: the sender hears of it if the first fragment came. */
    void timedOut(Reassembly r) {
        drop(r);
        if (r.hasHeader()) ip.reassemblyTimedOut(r.toPacket(context()), r.nicIndex());
    }
}
