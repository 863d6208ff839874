package stasis.net.tcp;

import stasis.net.ip.Inbound;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.TcpHeader;
import stasis.net.wire.TcpOptions;

/** A segment arrives in LISTEN, RFC 9293 3.10.7.2, and what pressure on the backlog adds to it. */
final class Listening {
    private Listening() {}

    /** {@code floor}: if not 0, where sequence numbers must begin at least. */
    static void segmentArrives(TcpEndpoint l, Segment s, Inbound in, int floor) {
        // First, check for a RST
        if (s.isRst()) return;
        // Second, check for an ACK
        if (s.isAck()) {
            if (s.isSyn() || !takeCookie(l, s, in)) l.protocol().refuse(in, s);
            return;
        }
        // Third, check for a SYN
        if (s.isSyn() && !s.isFin()) synArrives(l, s, in, floor);
        // Fourth, other data or control: cannot be
    }

    private static void synArrives(TcpEndpoint l, Segment s, Inbound in, int floor) {
        TcpListener queue = l.listener();
        if (queue == null) return;
        TcpProtocol tcp = l.protocol();
        if (!queue.hasRoom()) {
            tcp.counters().listenOverflows++;
            return;
        }
        SocketPair pair = pair(s, in);
        if (queue.isPressed(tcp.settings().maxSynBacklog())) {
            if (tcp.settings().synCookies()) sendCookie(l, s, pair);
            else tcp.counters().listenOverflows++;
            return;
        }
        int iss = tcp.initial().sequence(pair, l.now());
        if (floor != 0 && SequenceNumber.before(iss, floor)) iss = floor;
        TcpEndpoint e = l.newChild(pair, iss);
        e.agree(s.options());
        e.synReceived(s.seq());
        e.sender.setWindow(s.window(), s);
        queue.begun(e);
        e.timers.armHandshake();
        TcpOutput.syn(e, true);
    }

    private static SocketPair pair(Segment s, Inbound in) {
        return new SocketPair(in.destination(), s.destinationPort(), in.source(), s.sourcePort());
    }

    // ---- cookies ----

    private static void sendCookie(TcpEndpoint l, Segment s, SocketPair pair) {
        TcpProtocol tcp = l.protocol();
        TcpListener queue = l.listener();
        if (queue == null) return;
        queue.cookieSent(l.now());
        tcp.counters().synCookiesSent++;
        int mss = s.options().mss() == 0 ? 536 : s.options().mss();
        int cookie = tcp.cookies().make(pair, s.seq(), mss, l.now());
        boolean timestamps = s.options().hasTimestamps() && tcp.settings().timestamps();
        PacketBuffer p = tcp.ip().context().pool().take(headerLength(s, timestamps, tcp));
        byte[] b = p.bytes();
        int at = TcpOptions.putMss(b, p.start() + TcpHeader.LENGTH, ownMss(l, pair));
        if (timestamps) at = putOptions(l, s, pair, b, at);
        int header = p.length();
        int flags = TcpHeader.SYN | TcpHeader.ACK;
        int window = Math.min(l.firstWindow(), 0xffff);
        TcpHeader.write(b, p.start(), cookie, s.seq() + 1, header, flags, window, 0);
        TcpHeader.writePorts(b, p.start(), pair.localPort(), pair.remotePort());
        TcpOutput.transmit(tcp.ip(), p, pair.local(), pair.remote(), l.options.packets);
    }

    private static int headerLength(Segment s, boolean timestamps, TcpProtocol tcp) {
        int length = TcpHeader.LENGTH + TcpOptions.MSS_LENGTH;
        if (!timestamps) return length;
        length += TcpOptions.TIMESTAMPS_LENGTH;
        if (s.options().sackPermitted() && tcp.settings().sack()) length += 4;
        boolean scale = s.options().scale() >= 0 && tcp.settings().windowScaling();
        return length + (scale ? TcpOptions.SCALE_LENGTH : 0);
    }

    /** Without timestamps there is no place to remember that these were agreed on. */
    private static int putOptions(TcpEndpoint l, Segment s, SocketPair pair, byte[] b, int at) {
        TcpProtocol tcp = l.protocol();
        int stamp = (int) (l.now() / 1_000_000);
        int encoded = SynCookies.encodeOptions(stamp, s.options());
        encoded += tcp.initial().timestampOffset(pair);
        at = TcpOptions.putTimestamps(b, at, encoded, s.options().tsVal());
        if (s.options().sackPermitted() && tcp.settings().sack()) {
            at = TcpOptions.putSackPermitted(b, at);
        }
        boolean scale = s.options().scale() >= 0 && tcp.settings().windowScaling();
        return scale ? TcpOptions.putScale(b, at, l.scaleToOffer()) : at;
    }

    private static int ownMss(TcpEndpoint l, SocketPair pair) {
        int mtu = l.protocol().ip().linkMtuTo(pair.remote(), l.options.packets.nicIndex());
        int mss = mtu - (pair.remote().isV4() ? 40 : 60);
        return Math.clamp(mss, TcpEndpoint.LEAST_MSS, 0xffff);
    }

    /** The third segment of a handshake of which only the cookie is known. */
    private static boolean takeCookie(TcpEndpoint l, Segment s, Inbound in) {
        TcpProtocol tcp = l.protocol();
        TcpListener queue = l.listener();
        if (queue == null || !queue.expectsCookies(l.now())) return false;
        SocketPair pair = pair(s, in);
        int mss = tcp.cookies().check(pair, s.seq() - 1, s.ack() - 1, l.now());
        if (mss == 0) {
            tcp.counters().synCookiesRefused++;
            return false;
        }
        if (!queue.hasRoom()) return true;
        tcp.counters().synCookiesTaken++;
        TcpEndpoint e = l.newChild(pair, s.ack() - 1);
        agree(e, s, mss, tcp.initial().timestampOffset(pair));
        e.synReceived(s.seq() - 1);
        e.receiver.windowToAdvertise();
        queue.begun(e);
        TcpStateMachine.segmentArrives(e, s);
        return true;
    }

    private static void agree(TcpEndpoint e, Segment s, int mss, int offset) {
        boolean timestamps = s.options().hasTimestamps();
        int echoed = s.options().tsEcr() - offset;
        boolean sack = timestamps && SynCookies.decodeSack(echoed);
        e.agree(timestamps, sack, timestamps ? SynCookies.decodeScale(echoed) : -1, mss);
        if (timestamps) e.receiver.takeFirstTimestamp(s.options().tsVal());
    }
}
