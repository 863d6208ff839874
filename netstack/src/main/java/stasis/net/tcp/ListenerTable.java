package stasis.net.tcp;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who listens: the most particular address wins; among equals (SO_REUSEPORT) the hash decides. */
@Saved("net.ListenerTable")
final class ListenerTable {
    private Map<Integer, List<TcpEndpoint>> byPort = new LinkedHashMap<>();

    ListenerTable() {}

    void add(TcpEndpoint listener) {
        byPort.computeIfAbsent(listener.localPort(), _ -> new ArrayList<>()).add(listener);
    }

    void remove(TcpEndpoint listener) {
        List<TcpEndpoint> there = byPort.get(listener.localPort());
        if (there == null) return;
        there.remove(listener);
        if (there.isEmpty()) byPort.remove(listener.localPort());
    }

    List<TcpEndpoint> all() {
        List<TcpEndpoint> all = new ArrayList<>();
        byPort.values().forEach(all::addAll);
        return all;
    }

    @Nullable TcpEndpoint find(IpAddress local, int port, int nicIndex, long hash) {
        List<TcpEndpoint> there = byPort.get(port);
        if (there == null) return null;
        int best = 0;
        List<TcpEndpoint> equals = new ArrayList<>();
        for (TcpEndpoint l : there) {
            int score = score(l, local, nicIndex);
            if (score == 0 || score < best) continue;
            if (score > best) equals.clear();
            best = score;
            equals.add(l);
        }
        if (equals.isEmpty()) return null;
        return equals.get((int) Long.remainderUnsigned(hash, equals.size()));
    }

    /** 0: not for this address. */
    private static int score(TcpEndpoint l, IpAddress local, int nicIndex) {
        int nic = l.options.packets.nicIndex();
        if (nic != 0 && nic != nicIndex) return 0;
        int bound = nic != 0 ? 4 : 0;
        IpAddress own = l.localAddress();
        if (own.equals(local)) return 3 + bound;
        if (!own.isAny()) return 0;
        if (own.isV4() == local.isV4()) return 2 + bound;
        return !own.isV4() && !l.options.v6Only ? 1 + bound : 0;
    }
}
