package stasis.net.tcp;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.ip.Inbound;
import stasis.net.ip.IpLayer;
import stasis.net.ip.SendOptions;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.Checksum;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.TcpHeader;
import stasis.net.wire.TcpOptions;

/** Makes segments and hands them to IP. */
final class TcpOutput {
    private TcpOutput() {}

    /** A segment of a synchronized connection; the data are those of the sender from seq on. */
    static @Nullable NetError data(TcpEndpoint e, int seq, int length, int flags) {
        int timestamps = e.isTimestampsEnabled() ? TcpOptions.TIMESTAMPS_LENGTH : 0;
        int blocks = e.isSackEnabled() ? sackBlocks(e, timestamps, length) : 0;
        int header = TcpHeader.LENGTH + timestamps + (blocks > 0 ? 4 + 8 * blocks : 0);
        PacketBuffer p = e.context().pool().take(header + length);
        byte[] b = p.bytes();
        int at = p.start() + TcpHeader.LENGTH;
        if (timestamps > 0) {
            at = TcpOptions.putTimestamps(b, at, e.timestampAt(e.now()), e.receiver.tsRecent());
        }
        if (blocks > 0) {
            at = TcpOptions.putSackHead(b, at, blocks);
            at = e.receiver.ranges().writeReport(b, at, blocks);
        }
        if (length > 0) e.sender.copy(seq, b, at, length);
        int urgent = e.sender.urgentPointer(seq);
        if (urgent != 0) flags |= TcpHeader.URG;
        int window = e.receiver.windowToAdvertise() >>> e.receiver.scale();
        int ack = e.receiver.next();
        TcpHeader.write(b, p.start(), seq, ack, header, flags | TcpHeader.ACK, window, urgent);
        e.receiver.acknowledged();
        return finish(e, p);
    }

    /** As many as fit beside the data. */
    private static int sackBlocks(TcpEndpoint e, int timestamps, int length) {
        if (!e.receiver.ranges().hasReport()) return 0;
        int room = TcpHeader.MAX_LENGTH - TcpHeader.LENGTH - timestamps;
        if (length > 0) room = Math.min(room, e.sender.mss() - length);
        return room < 12 ? 0 : e.receiver.ranges().reportLength((room - 4) / 8);
    }

    /** SYN, or SYN and ACK: with the options that are offered or agreed to. */
    static void syn(TcpEndpoint e, boolean ack) {
        boolean scale = e.offersScale();
        boolean sack = e.isSackEnabled();
        boolean timestamps = e.isTimestampsEnabled();
        int header = TcpHeader.LENGTH + TcpOptions.MSS_LENGTH;
        header += (scale ? TcpOptions.SCALE_LENGTH : 0) + (sack ? 4 : 0);
        header += timestamps ? TcpOptions.TIMESTAMPS_LENGTH : 0;
        PacketBuffer p = e.context().pool().take(header);
        byte[] b = p.bytes();
        int at = TcpOptions.putMss(b, p.start() + TcpHeader.LENGTH, e.ownMss());
        if (sack) at = TcpOptions.putSackPermitted(b, at);
        if (timestamps) {
            int echo = ack ? e.receiver.tsRecent() : 0;
            at = TcpOptions.putTimestamps(b, at, e.timestampAt(e.now()), echo);
        }
        if (scale) TcpOptions.putScale(b, at, e.receiver.scale());
        int flags = TcpHeader.SYN | (ack ? TcpHeader.ACK : 0);
        // RFC 7323 2.2: the window of a SYN is not scaled
        int window = Math.min(e.receiver.windowToAdvertise(), 0xffff);
        int acked = ack ? e.receiver.next() : 0;
        TcpHeader.write(b, p.start(), e.sender.iss(), acked, header, flags, window, 0);
        e.receiver.acknowledged();
        finish(e, p);
    }

    static void ack(TcpEndpoint e) {
        data(e, e.sender.next(), 0, 0);
    }

    /** A segment that the peer must answer: one before what it expects. */
    static void probe(TcpEndpoint e) {
        data(e, e.sender.una() - 1, 0, 0);
    }

    /** RFC 9293 3.10.4 and 3.10.5: this end gives up. */
    static void reset(TcpEndpoint e) {
        bare(e, e.sender.next(), e.receiver.next(), TcpHeader.RST | TcpHeader.ACK);
    }

    /** The answer to a segment that makes no sense here, on a connection. */
    static void resetAt(TcpEndpoint e, int seq) {
        bare(e, seq, 0, TcpHeader.RST);
    }

    private static void bare(TcpEndpoint e, int seq, int ack, int flags) {
        PacketBuffer p = e.context().pool().take(TcpHeader.LENGTH);
        TcpHeader.write(p.bytes(), p.start(), seq, ack, TcpHeader.LENGTH, flags, 0, 0);
        finish(e, p);
    }

    private static @Nullable NetError finish(TcpEndpoint e, PacketBuffer p) {
        TcpHeader.writePorts(p.bytes(), p.start(), e.localPort(), e.remotePort());
        e.protocol().counters().sent++;
        SendOptions options = e.options.packets;
        return transmit(e.protocol().ip(), p, e.localAddress(), e.remoteAddress(), options);
    }

    /** RFC 9293 3.10.7.1: the answer to a segment for no connection. */
    static void resetFor(IpLayer ip, Inbound in, Segment s) {
        if (s.isRst()) return;
        PacketBuffer p = ip.context().pool().take(TcpHeader.LENGTH);
        byte[] b = p.bytes();
        if (s.isAck()) {
            TcpHeader.write(b, p.start(), s.ack(), 0, TcpHeader.LENGTH, TcpHeader.RST, 0, 0);
        } else {
            int flags = TcpHeader.RST | TcpHeader.ACK;
            TcpHeader.write(b, p.start(), 0, s.end(), TcpHeader.LENGTH, flags, 0, 0);
        }
        int ownPort = s.destinationPort();
        TcpHeader.writePorts(b, p.start(), ownPort, s.sourcePort());
        IpAddress own = in.destination();
        transmit(ip, p, own, in.source(), SendOptions.WHOLE);
    }

    static @Nullable NetError transmit(
            IpLayer ip,
            PacketBuffer p,
            IpAddress source,
            IpAddress destination,
            SendOptions options) {
        if (ip.wantsChecksum(destination, options.nicIndex())) {
            int sum = pseudoHeader(source, destination, p.length());
            sum = Checksum.plus(sum, Checksum.partial(p.bytes(), p.start(), p.end()));
            TcpHeader.putChecksum(p.bytes(), p.start(), Checksum.complement(sum));
        }
        return ip.send(p, source, destination, IpProtocol.TCP, options);
    }

    private static int pseudoHeader(IpAddress from, IpAddress to, int length) {
        if (from.isV4()) {
            return Checksum.pseudoHeaderV4(from.v4Bits(), to.v4Bits(), IpProtocol.TCP, length);
        }
        return Checksum.pseudoHeaderV6(
                from.high(), from.low(), to.high(), to.low(), IpProtocol.TCP, length);
    }
}
