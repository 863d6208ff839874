package stasis.kernel.socket.unix;

import static stasis.abi.Socket.MSG_TRUNC;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.kernel.socket.Incoming;

import java.lang.foreign.MemorySegment;

/** Taking whole messages out of a queue. */
final class Datagrams {
    private Datagrams() {}

    static void copy(UnixMessage m, Incoming in, long done, int length) {
        MemorySegment.copy(m.data(), m.read, in.to(), JAVA_BYTE, in.at() + done, length);
    }

    /** The first message; what does not fit is lost. Precondition: there is one. */
    static long takeLocked(Inbox inbox, Incoming in) {
        UnixMessage m = inbox.first();
        if (m == null) throw new IllegalStateException("nothing to take");
        int n = (int) Math.min(m.left(), in.length());
        copy(m, in, 0, n);
        in.fullLength = m.left();
        if (n < m.left()) in.outFlags |= MSG_TRUNC;
        in.credentials = m.credentials();
        in.address = m.sender();
        if (in.peeks()) {
            in.files = m.copyFiles();
        } else {
            in.files = m.takeFiles();
            inbox.removeFirst();
        }
        return n;
    }
}
