package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/**
 * Programs of a Debian root that talk over a network: one end in a sandbox, the other on this
 * machine's own kernel.
 */
class NetworkProgramsTest {
    private static final long MEGABYTES = Long.getLong("stasis.transfer.megabytes", 96);

    /** Has many connections at once, and asks each for something else. */
    private static final String MANY =
            """
            import resource, socket
            resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
            all = [socket.create_connection(('10.77.0.2', 7000), 30) for _ in range(1000)]
            for _ in range(3):
                for i, c in enumerate(all): c.sendall(b'%d' % i)
                for i, c in enumerate(all): assert c.recv(100) == b'%d' % i
            print('answered')
            """;

    private static final String ECHO =
            """
            import selectors, socket
            s = selectors.DefaultSelector()
            listener = socket.create_server(('', 7000), backlog=1024)
            s.register(listener, 1)
            print('up', flush=True)
            while True:
                for key, _ in s.select():
                    if key.fileobj is listener:
                        s.register(listener.accept()[0], 1)
                        continue
                    data = key.fileobj.recv(1000)
                    if data: key.fileobj.sendall(data)
                    else:
                        s.unregister(key.fileobj)
                        key.fileobj.close()
            """;

    private CommandLine stasis;
    private Cable cable;

    @BeforeEach
    void open() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces need root");
        stasis = new CommandLine();
        cable = Cable.lay();
    }

    @AfterEach
    void close() throws Exception {
        try {
            if (stasis != null) stasis.close();
        } finally {
            if (cable != null) cable.close();
        }
    }

    private Program sandbox(String... argv) throws Exception {
        Bundle bundle = cable.bundle(argv).limit("RLIMIT_NOFILE", 4096);
        return stasis.start("run", "--bundle", bundle.writeTo(stasis.folder()).toString(), "a");
    }

    /** Of a shell script that says when it is up. */
    private Program server(String script) throws Exception {
        Program program = sandbox("/bin/sh", "-c", script);
        program.awaitOutput(text -> text.contains("up\n"));
        return program;
    }

    private static final String UNTIL_IT_ANSWERS =
            "for _ in $(seq 100); do %s && exit; sleep 0.1; done; exit 1";

    private void awaitAnswer(String command) throws Exception {
        cable.outside.debian("sh", "-c", UNTIL_IT_ANSWERS.formatted(command));
    }

    // ---- servers in the sandbox

    @Test
    void iperfBothWays() throws Exception {
        server("echo up; exec iperf3 -s");
        awaitAnswer("iperf3 -c 10.77.0.2 -n 1M >/dev/null 2>&1");
        for (List<String> more :
                List.of(
                        List.of("-n", MEGABYTES + "M"),
                        List.of("-n", MEGABYTES + "M", "-R"),
                        List.of("-n", MEGABYTES + "M", "-P", "8"),
                        List.of("-n", MEGABYTES + "M", "-P", "8", "-R"),
                        List.of("-u", "-b", "50M", "-n", "10M"),
                        List.of("-u", "-b", "50M", "-n", "10M", "-R"),
                        List.of("-6", "-n", MEGABYTES + "M"))) {
            iperf(more);
        }
    }

    private void iperf(List<String> more) throws Exception {
        String to = more.contains("-6") ? Cable.INSIDE_V6 : Cable.INSIDE;
        String command = "iperf3 -c " + to + " " + String.join(" ", more);
        // between two clients its server does not listen for a moment
        String again = "for _ in 1 2 3 4 5 6 7 8 9; do %s && exit; sleep 0.1; done; exit 1";
        String said = cable.outside.debian("sh", "-c", again.formatted(command));
        assertTrue(said.contains("iperf Done."), () -> command + ": " + said);
    }

    @Test
    void nginxServesALargeFile() throws Exception {
        server(
                """
                mkdir /tmp/www
                i=0
                while [ $i -lt %d ]; do
                    head -c 1048576 /usr/bin/python3.11
                    i=$((i + 1))
                done >/tmp/www/file
                cat >/tmp/conf <<END
                user root;
                pid /tmp/pid;
                error_log /tmp/errors;
                events {}
                http {
                    access_log off;
                    client_body_temp_path /tmp/1;
                    proxy_temp_path /tmp/2;
                    fastcgi_temp_path /tmp/3;
                    uwsgi_temp_path /tmp/4;
                    scgi_temp_path /tmp/5;
                    server { listen 80; listen [::]:80; root /tmp/www; }
                }
                END
                sha256sum </tmp/www/file
                echo up
                exec nginx -e /tmp/errors -c /tmp/conf -g 'daemon off;'
                """
                        .formatted(MEGABYTES));
        awaitAnswer("curl -sf -o /dev/null -r 0-9 http://10.77.0.2/file");
        String expected =
                GuestPrograms.run(
                                List.of(
                                        "sh",
                                        "-c",
                                        "for _ in $(seq "
                                                + MEGABYTES
                                                + "); do head -c 1048576 "
                                                + ProgramsTest.ROOT.toAbsolutePath()
                                                + "/usr/bin/python3.11; done | sha256sum"))
                        .output();
        for (String host : List.of("10.77.0.2", "[fd00:77::2]")) {
            String got = "curl -sgf http://" + host + "/file | sha256sum";
            assertEquals(expected, cable.outside.debian("sh", "-c", got));
        }
    }

    @Test
    void redisAnswersItsBenchmark() throws Exception {
        server("echo up; exec redis-server --bind 0.0.0.0 --protected-mode no --save ''");
        awaitAnswer("redis-cli -h 10.77.0.2 ping >/dev/null 2>&1");
        String said =
                cable.outside.debian(
                        "redis-benchmark",
                        "-h",
                        "10.77.0.2",
                        "-t",
                        "set,get,lpush,lrange_300",
                        "-n",
                        "5000",
                        "--csv");
        assertEquals(5, said.lines().filter(l -> l.startsWith("\"")).count() - 1, said);
        String big =
                "head -c 5000000 /dev/urandom >/dev/shm/$$; redis-cli -h 10.77.0.2 -x set k"
                        + " </dev/shm/$$ >/dev/null; redis-cli -h 10.77.0.2 get k |"
                        + " head -c 5000000 | cmp - /dev/shm/$$; r=$?; rm /dev/shm/$$; exit $r";
        cable.outside.debian("sh", "-c", big);
    }

    @Test
    void pythonServesFiles() throws Exception {
        sandbox("/usr/bin/python3", "-m", "http.server", "8000");
        awaitAnswer("curl -sf -o /dev/null http://10.77.0.2:8000/");
        String file = "/usr/bin/bash";
        String expected = GuestPrograms.run(List.of("sha256sum", rooted(file))).output();
        String got = "curl -sf http://10.77.0.2:8000" + file + " | sha256sum";
        String sum = cable.outside.debian("sh", "-c", got);
        assertEquals(expected.split(" ")[0], sum.split(" ")[0]);
    }

    private static String rooted(String file) {
        return ProgramsTest.ROOT.toAbsolutePath() + file;
    }

    @Test
    void aThousandConnectionsAtOnce() throws Exception {
        sandbox("/usr/bin/python3", "-c", ECHO).awaitOutput("up\n"::equals);
        String said = cable.outside.debian("/usr/bin/python3", "-c", MANY);
        assertEquals("answered\n", said);
    }

    @Test
    void linesGoToAndFroForLong() throws Exception {
        sandbox("/usr/bin/python3", "-c", ECHO).awaitOutput("up\n"::equals);
        String script =
                """
                import socket
                c = socket.create_connection(('10.77.0.2', 7000), 30)
                c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for i in range(5000):
                    c.sendall(b'line %d' % i)
                    assert c.recv(100) == b'line %d' % i
                print('answered')
                """;
        assertEquals("answered\n", cable.outside.debian("/usr/bin/python3", "-c", script));
    }

    // ---- clients in the sandbox

    @Test
    void programsInsideReachServersOutside() throws Exception {
        Program server = cable.outside.startDebian("/usr/bin/python3", "-m", "http.server", "8000");
        awaitAnswer("curl -sf -o /dev/null http://10.77.0.1:8000/");
        String file = "/usr/bin/bash";
        String expected = GuestPrograms.run(List.of("sha256sum", rooted(file))).output();
        Program client =
                sandbox("/bin/sh", "-c", "curl -sf http://10.77.0.1:8000" + file + " | sha256sum");
        assertEquals(0, client.exitCode(), client::errors);
        assertEquals(expected.split(" ")[0], client.output().split(" ")[0]);
        server.kill();
    }

    @Test
    void refusedAndUnreachableAreTold() throws Exception {
        String script =
                """
                import socket
                for a in ('10.77.0.1', 9), ('fd00:77::1', 9), ('10.77.0.77', 9):
                    try: socket.create_connection(a, 20)
                    except OSError as e: print(e.strerror)
                """;
        Program client = sandbox("/usr/bin/python3", "-c", script);
        assertEquals(0, client.exitCode(), client::errors);
        assertEquals("Connection refused\nConnection refused\nNo route to host\n", client.output());
    }

    @Test
    void pingsAndTracesFromInside() throws Exception {
        String script =
                "ping -n -c 2 -i 0.2 10.77.0.1; ping -n -c 2 -i 0.2 fd00:77::1; traceroute.db -n -m"
                        + " 3 10.77.0.1; traceroute.db --icmp -n -m 3 10.77.0.1";
        Bundle bundle = cable.bundle("/bin/sh", "-c", script).capability("CAP_NET_RAW");
        Program program =
                stasis.start("run", "--bundle", bundle.writeTo(stasis.folder()).toString(), "a");
        assertEquals(0, program.exitCode(), program::errors);
        String said = program.output();
        assertEquals(2, said.split("2 received", -1).length - 1, said);
        assertEquals(2, said.split(" 1  10.77.0.1", -1).length - 1, said);
    }

    @Test
    void interfacesAndRoutesAreThoseOfTheNamespace() throws Exception {
        Program program = sandbox("/bin/sh", "-c", "ip -o addr show eth0; ip route; ip -o link");
        assertEquals(0, program.exitCode(), program::errors);
        String said = program.output();
        for (String wanted :
                List.of(
                        "inet 10.77.0.2/24",
                        "inet6 fd00:77::2/64",
                        "default via 10.77.0.1 dev eth0",
                        "mtu 1500",
                        "link/ether " + Cable.LINK_ADDRESS)) {
            assertTrue(said.contains(wanted), () -> wanted + " is not in " + said);
        }
    }

    // ---- on a bad network

    /** Every 50th packet is lost, each way. */
    @Test
    void lossIsMadeGood() throws Exception {
        cable.outside.ip("link show br0");
        for (String rule :
                List.of(
                        "add table inet loss",
                        "add chain inet loss in { type filter hook input priority 0; }",
                        "add chain inet loss out { type filter hook output priority 0; }",
                        "add rule inet loss in numgen random mod 50 0 drop",
                        "add rule inet loss out numgen random mod 50 0 drop")) {
            GuestPrograms.Outcome nft = cable.outside.run("nft", rule);
            assumeTrue(nft.exitCode() == 0, "this kernel loses no packets: " + nft.output());
        }
        server("echo up; exec iperf3 -s");
        awaitAnswer("iperf3 -c 10.77.0.2 -n 100K >/dev/null 2>&1");
        iperf(List.of("-n", "20M"));
        iperf(List.of("-n", "20M", "-R"));
    }

    // ---- ways

    @Test
    void tracerouteFindsIt() throws Exception {
        server("echo up; read -r _");
        for (String kind : List.of("--icmp", "--udp")) {
            String said =
                    cable.outside.debian(
                            "/usr/bin/traceroute.db", kind, "-n", "-m", "3", Cable.INSIDE);
            assertEquals(2, said.lines().count(), said);
            assertTrue(said.lines().toList().get(1).contains(" 1  " + Cable.INSIDE), said);
        }
    }
}
