package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.state.Saved;

import java.util.LinkedHashMap;
import java.util.Map;

/** What ICMP said about the largest packet to a destination, RFC 1191 and RFC 8201. Bounded. */
@Saved("net.PathMtus")
final class PathMtus {
    private static final int CAPACITY = 1024;

    /** RFC 1191 6.3: then a larger one is tried. */
    private static final long LIFETIME_NANOS = 600_000_000_000L;

    private Map<IpAddress, Known> byDestination = new LinkedHashMap<>();

    PathMtus() {}

    int get(IpAddress destination, int linkMtu, long now) {
        if (byDestination.isEmpty()) return linkMtu;
        Known known = byDestination.get(destination);
        if (known == null) return linkMtu;
        if (known.until > now) return Math.min(linkMtu, known.mtu);
        byDestination.remove(destination);
        return linkMtu;
    }

    /**
     * Only ever less than before, until that is forgotten: whoever forges can lie downwards only.
     */
    void learn(IpAddress destination, int mtu, long now) {
        Known known = byDestination.remove(destination);
        int least = known != null && known.until > now ? Math.min(known.mtu, mtu) : mtu;
        if (byDestination.size() >= CAPACITY) dropEldest();
        byDestination.put(destination, new Known(least, now + LIFETIME_NANOS));
    }

    private void dropEldest() {
        @Nullable IpAddress eldest = byDestination.keySet().iterator().next();
        byDestination.remove(eldest);
    }

    @Saved("net.PathMtus.Known")
    record Known(int mtu, long until) {}
}
