package stasis.net.tcp;

import static stasis.net.tcp.SequenceNumber.after;

/** When a new connection may take the place of one in TIME-WAIT, RFC 9293 3.6.1 and RFC 6191. */
final class TimeWait {
    /** As Linux adds to the last sequence number, so that old segments stay outside the window. */
    static final int SEQUENCE_GAP = 0xffff + 2;

    private TimeWait() {}

    static boolean isOver(TcpEndpoint e, Segment s) {
        if (!s.isSyn() || s.isRst() || s.isAck()) return false;
        boolean newer = after(s.seq(), e.receiver.next());
        if (e.isTimestampsEnabled() && s.options().hasTimestamps()) {
            newer |= after(s.options().tsVal(), e.receiver.tsRecent());
        }
        return newer && !e.receiver.isFromThePast(s);
    }
}
