package stasis.net.tcp;

import org.jspecify.annotations.Nullable;

/** Which connection a segment belongs to: open addressing, so that looking makes no object. */
final class ConnectionTable {
    private final KeyedHash hash;
    private @Nullable TcpEndpoint[] slots = new TcpEndpoint[64];
    private int count;

    ConnectionTable(KeyedHash hash) {
        this.hash = hash;
    }

    int count() {
        return count;
    }

    @Nullable TcpEndpoint find(
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort) {
        int mask = slots.length - 1;
        int ports = localPort << 16 | remotePort;
        int at = (int) hash.quick(localHigh, localLow, remoteHigh, remoteLow, ports) & mask;
        for (; ; at = at + 1 & mask) {
            TcpEndpoint e = slots[at];
            if (e == null) return null;
            if (e.localPort() != localPort || e.remotePort() != remotePort) continue;
            if (!e.remoteAddress().equalTo(remoteHigh, remoteLow)) continue;
            if (e.localAddress().equalTo(localHigh, localLow)) return e;
        }
    }

    @Nullable TcpEndpoint find(SocketPair p) {
        return find(
                p.local().high(),
                p.local().low(),
                p.localPort(),
                p.remote().high(),
                p.remote().low(),
                p.remotePort());
    }

    private int home(TcpEndpoint e) {
        long h =
                hash.quick(
                        e.localAddress().high(),
                        e.localAddress().low(),
                        e.remoteAddress().high(),
                        e.remoteAddress().low(),
                        e.localPort() << 16 | e.remotePort());
        return (int) h & slots.length - 1;
    }

    /** Precondition: no other of the same pair is in the table. */
    void add(TcpEndpoint e) {
        if (2 * ++count > slots.length) grow();
        place(e);
    }

    private void place(TcpEndpoint e) {
        int at = home(e);
        while (slots[at] != null) at = at + 1 & slots.length - 1;
        slots[at] = e;
    }

    private void grow() {
        @Nullable TcpEndpoint[] old = slots;
        slots = new TcpEndpoint[2 * old.length];
        for (TcpEndpoint e : old) {
            if (e != null) place(e);
        }
    }

    void remove(TcpEndpoint e) {
        int mask = slots.length - 1;
        int at = home(e);
        while (slots[at] != e) {
            if (slots[at] == null) return;
            at = at + 1 & mask;
        }
        slots[at] = null;
        count--;
        closeGap(at, mask);
    }

    /** Whoever stands behind the gap and belongs before it moves into it. */
    private void closeGap(int gap, int mask) {
        for (int at = gap + 1 & mask; ; at = at + 1 & mask) {
            TcpEndpoint e = slots[at];
            if (e == null) return;
            if ((at - home(e) & mask) >= (at - gap & mask)) {
                slots[gap] = e;
                slots[at] = null;
                gap = at;
            }
        }
    }
}
