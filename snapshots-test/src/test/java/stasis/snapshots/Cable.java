package stasis.snapshots;

import java.util.List;
import java.util.Map;

/**
 * The host's stack in one namespace, interfaces for a sandbox in another, and a pair of interfaces
 * between them.
 *
 * <pre>
 *   outside  out 10.77.0.1/24, fd00:77::1/64 ── eth0 10.77.0.2/24, fd00:77::2/64  inside
 * </pre>
 */
final class Cable implements AutoCloseable {
    static final String OUTSIDE = "10.77.0.1";
    static final String INSIDE = "10.77.0.2";
    static final String INSIDE_V6 = "fd00:77::2";
    static final String LINK_ADDRESS = "02:00:00:00:77:02";

    final NetworkNamespace outside;
    final NetworkNamespace inside;

    private Cable(NetworkNamespace outside, NetworkNamespace inside) {
        this.outside = outside;
        this.inside = inside;
    }

    static Cable lay() throws Exception {
        NetworkNamespace outside = NetworkNamespace.make();
        try {
            return to(outside, INSIDE, INSIDE_V6);
        } catch (Exception | AssertionError e) {
            outside.close();
            throw e;
        }
    }

    /** Another end for a sandbox, in place of any that was there. */
    static Cable to(NetworkNamespace outside, String v4, String v6) throws Exception {
        NetworkNamespace inside = NetworkNamespace.make();
        outside.run("ip", "link", "delete", "out");
        outside.ip(
                """
                link add out type veth peer name eth0 address %s netns %d
                addr add 10.77.0.1/24 dev out
                addr add fd00:77::1/64 dev out nodad
                link set out up
                """
                        .formatted(LINK_ADDRESS, inside.pid()));
        inside.ip(
                """
                addr add %s/24 dev eth0
                addr add %s/64 dev eth0 nodad
                link set eth0 up
                route add default via 10.77.0.1
                """
                        .formatted(v4, v6));
        return new Cable(outside, inside);
    }

    /** A bundle whose sandbox is at the end inside. */
    Bundle bundle(String... argv) {
        return new Bundle(argv)
                .linux("namespaces", List.of(Map.of("type", "network", "path", inside.path())));
    }

    @Override
    public void close() {
        inside.close();
        outside.close();
    }
}
