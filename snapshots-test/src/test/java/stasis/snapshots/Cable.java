package stasis.snapshots;

import java.util.List;
import java.util.Map;

/**
 * The host's stack in one namespace, interfaces for a sandbox in another, and a bridge between them
 * with a port for each sandbox.
 *
 * <pre>
 *   outside  br0 10.77.0.1/24, fd00:77::1/64 ──┬── eth0 10.77.0.2/24, fd00:77::2/64  inside
 *                                              └── where a sandbox goes on
 * </pre>
 */
final class Cable implements AutoCloseable {
    static final String OUTSIDE = "10.77.0.1";
    static final String INSIDE = "10.77.0.2";
    static final String INSIDE_V6 = "fd00:77::2";
    static final String LINK_ADDRESS = "02:00:00:00:77:02";

    private static final String UP =
            """
            link set eth0 up
            route add default via 10.77.0.1
            """;

    final NetworkNamespace outside;
    NetworkNamespace inside;
    private int ports;

    private Cable() throws Exception {
        outside = NetworkNamespace.make();
        try {
            outside.ip(
                    """
                    link add br0 type bridge
                    addr add 10.77.0.1/24 dev br0
                    addr add fd00:77::1/64 dev br0 nodad
                    link set br0 up
                    """);
            inside = port(INSIDE, INSIDE_V6, LINK_ADDRESS);
            inside.ip(UP);
        } catch (Exception | AssertionError e) {
            outside.close();
            throw e;
        }
    }

    static Cable lay() throws Exception {
        return new Cable();
    }

    private NetworkNamespace port(String v4, String v6, String link) throws Exception {
        NetworkNamespace end = NetworkNamespace.make();
        String port = "port" + ports++;
        outside.ip(
                """
                link add %s type veth peer name eth0 address %s netns %d
                link set %s master br0 up
                """
                        .formatted(port, link, end.pid(), port));
        end.ip(
                """
                addr add %s/24 dev eth0
                addr add %s/64 dev eth0 nodad
                """
                        .formatted(v4, v6));
        return end;
    }

    /** The end inside is gone, and there is another, which is down: nobody answers there yet. */
    void moveTo(String v4, String v6, String link) throws Exception {
        outside.ip("link delete port" + (ports - 1));
        inside.close();
        inside = port(v4, v6, link);
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
