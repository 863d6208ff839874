package stasis.net.port;

import org.jspecify.annotations.Nullable;

import stasis.net.NetError;
import stasis.state.Saved;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/** The ports of one protocol, and the rules of SO_REUSEADDR and SO_REUSEPORT, socket(7). */
@Saved("net.Ports")
public final class Ports {
    /** {@code /proc/sys/net/ipv4/ip_local_port_range}. */
    private int firstEphemeral = 32768;

    private int lastEphemeral = 60999;

    private Map<Integer, Set<PortBinding>> byPort = new LinkedHashMap<>();

    public Ports() {}

    /** Precondition: 1 ≤ first ≤ last ≤ 65535. */
    public void ephemeralRange(int first, int last) {
        if (first < 1 || first > last || last > 0xffff) throw new IllegalArgumentException();
        firstEphemeral = first;
        lastEphemeral = last;
    }

    public int firstEphemeral() {
        return firstEphemeral;
    }

    public int lastEphemeral() {
        return lastEphemeral;
    }

    /** Claims the port of {@code b}, or any if it has none; {@code random} says where to begin. */
    public @Nullable NetError bind(PortBinding b, long random) {
        if (b.port() == 0) return bindAny(b, random, _ -> true);
        if (!isFree(b, false)) return NetError.ADDRESS_IN_USE;
        add(b);
        return null;
    }

    /** Claims a port for one connection: one that {@code isUsable} says makes it unique. */
    public @Nullable NetError connect(PortBinding b, long random, IntPredicate isUsable) {
        b.use = PortBinding.Use.CONNECTED;
        return bindAny(b, random, isUsable);
    }

    private @Nullable NetError bindAny(PortBinding b, long random, IntPredicate isUsable) {
        int count = lastEphemeral - firstEphemeral + 1;
        int start = (int) Long.remainderUnsigned(random, count);
        for (int i = 0; i < count; i++) {
            b.choose(firstEphemeral + (start + i) % count);
            if (isFree(b, true) && isUsable.test(b.port())) {
                add(b);
                return null;
            }
        }
        b.choose(0);
        return b.use == PortBinding.Use.CONNECTED
                ? NetError.ADDRESS_NOT_AVAILABLE
                : NetError.ADDRESS_IN_USE;
    }

    /** What a listener accepted shares its port without being asked. */
    public void share(PortBinding accepted) {
        add(accepted);
    }

    /** A port that was bound may turn out to be listened on by another, listen(2). */
    public @Nullable NetError listen(PortBinding b) {
        for (PortBinding other : at(b.port())) {
            if (other == b || other.use == PortBinding.Use.CONNECTED) continue;
            if (other.use == PortBinding.Use.LISTENING && b.conflictsWith(other, true)) {
                return NetError.ADDRESS_IN_USE;
            }
        }
        b.use = PortBinding.Use.LISTENING;
        return null;
    }

    public void release(PortBinding b) {
        Set<PortBinding> there = byPort.get(b.port());
        if (there == null) return;
        there.remove(b);
        if (there.isEmpty()) byPort.remove(b.port());
    }

    /** With {@code alone}, a chosen port is one that only connections have. */
    private boolean isFree(PortBinding b, boolean alone) {
        for (PortBinding other : at(b.port())) {
            boolean shared = b.use == other.use && b.use == PortBinding.Use.CONNECTED;
            if (alone && !shared) return false;
            if (b.conflictsWith(other, false)) return false;
        }
        return true;
    }

    private Set<PortBinding> at(int port) {
        Set<PortBinding> there = byPort.get(port);
        return there == null ? Set.of() : there;
    }

    private void add(PortBinding b) {
        byPort.computeIfAbsent(b.port(), _ -> new LinkedHashSet<>()).add(b);
    }
}
