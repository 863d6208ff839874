package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sandboxes that are saved while they talk to somebody, and go on in another process, on another
 * interface of another namespace. Who they talk to is a program on this machine's own stack.
 */
class MovingTest {
    private static final long MEGABYTES = Long.getLong("stasis.transfer.megabytes", 96);

    /** Both ends know what comes. */
    private static final String PATTERN =
            """
            import hashlib, socket, sys, time
            size = int(sys.argv[1]) << 20
            block = bytes((i * 31 + (i >> 8) * 17) & 255 for i in range(1 << 20))
            expected = hashlib.sha256()
            for _ in range(size >> 20): expected.update(block)
            def under_way(n, say, last):
                if not say or n < say << 20: return
                if n - last < say << 20: print('under way', flush=True)
                time.sleep(last / (20 << 20)) # the rest takes its time
            def send(c, say=0):
                n = 0
                while n < size:
                    c.sendall(block)
                    n += len(block)
                    under_way(n, say, len(block))
            def receive(c, say=0):
                h = hashlib.sha256()
                n = 0
                while n < size:
                    data = c.recv(1 << 20)
                    if not data: break
                    h.update(data)
                    n += len(data)
                    under_way(n, say, len(data))
                print('right' if h.digest() == expected.digest() else 'wrong after %d' % n, flush=True)
            """;

    /** Sends, then receives; or, as a sink, the other way round. */
    private static final String SERVER =
            PATTERN
                    + """
                    listener = socket.create_server(('0.0.0.0', 7000))
                    print('up', flush=True)
                    c, _ = listener.accept()
                    send(c)
                    receive(c)
                    c.recv(1)
                    """;

    private static final String CLIENT =
            PATTERN
                    + """
                    c = socket.create_connection(('10.77.0.2', 7000))
                    receive(c, int(sys.argv[2]))
                    send(c, int(sys.argv[3]))
                    """;

    /** Answers each line with its length, on connections that stay. */
    private static final String ANSWERS =
            """
            import selectors, socket
            s = selectors.DefaultSelector()
            listener = socket.create_server((HOST, 7001))
            s.register(listener, 1)
            print('up', flush=True)
            while True:
                for key, _ in s.select():
                    if key.fileobj is listener:
                        c, _ = listener.accept()
                        s.register(c, 1)
                        continue
                    try: data = key.fileobj.recv(100)
                    except ConnectionError as e:
                        print(type(e).__name__, flush=True)
                        data = b''
                    if data: key.fileobj.sendall(b'%d\\n' % len(data))
                    else:
                        s.unregister(key.fileobj)
                        key.fileobj.close()
            """;

    /** Asks for each line of its input. */
    private static final String ASKS =
            """
            import socket, sys, time
            end = time.monotonic() + 30
            while True:
                try:
                    c = socket.create_connection((sys.argv[1], 7001), 5)
                    break
                except OSError:
                    if time.monotonic() > end: raise
            c.settimeout(30)
            for line in sys.stdin:
                try:
                    c.sendall(line.encode())
                    print(c.recv(100).decode().strip(), flush=True)
                except OSError as e:
                    print(type(e).__name__, flush=True)
                    break
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

    private Program run(String id, String... argv) throws Exception {
        Path bundle = cable.bundle(argv).writeTo(stasis.folder());
        Program program = stasis.start("run", "--bundle", bundle.toString(), id);
        program.awaitOutput("up\n"::equals);
        return program;
    }

    private Path checkpoint(String id, Program program) throws Exception {
        Path image = stasis.folder().resolve("image-" + id);
        stasis.good("checkpoint", "--image-path", image.toString(), id);
        program.exitCode();
        return image;
    }

    private Program restore(String id, Path image, String... more) throws Exception {
        Path bundle = cable.bundle("/bin/false").writeTo(stasis.folder());
        String[] all = new String[6 + more.length];
        all[0] = "restore";
        System.arraycopy(more, 0, all, 1, more.length);
        String[] rest = {"--bundle", bundle.toString(), "--image-path", image.toString(), id};
        System.arraycopy(rest, 0, all, 1 + more.length, 5);
        return stasis.start(all);
    }

    private Program python(String script, String... arguments) throws Exception {
        String[] all = new String[3 + arguments.length];
        all[0] = "/usr/bin/python3";
        all[1] = "-c";
        all[2] = script;
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return cable.outside.startDebian(all);
    }

    private void moveOn() throws Exception {
        cable.moveTo(Cable.INSIDE, Cable.INSIDE_V6, "02:00:00:00:77:03");
    }

    // ---- with the same address

    @Test
    void transferOutOfASandboxGoesOnElsewhere() throws Exception {
        transfer(MEGABYTES / 3, 0);
    }

    @Test
    void transferIntoASandboxGoesOnElsewhere() throws Exception {
        transfer(0, MEGABYTES / 3);
    }

    private void transfer(long checkpointAfterReceived, long checkpointAfterSent) throws Exception {
        Program server = run("a", "/usr/bin/python3", "-c", SERVER, "" + MEGABYTES);
        Program client =
                python(
                        CLIENT,
                        "" + MEGABYTES,
                        "" + checkpointAfterReceived,
                        "" + checkpointAfterSent);
        client.awaitOutput(text -> text.contains("under way\n"));
        Path image = checkpoint("a", server);
        moveOn();
        Program after = restore("b", image);
        after.awaitOutput("right\n"::equals);
        assertEquals(0, after.exitCode(), after::errors);
        assertEquals(0, client.exitCode(), client::errors);
        assertTrue(client.output().contains("right\n"), client.output());
    }

    @Test
    void idleConnectionsAndTheListenerGoOn() throws Exception {
        Program server = run("a", "/usr/bin/python3", "-c", answers("''"));
        Program client = python(ASKS, Cable.INSIDE);
        ask(client, "four", "5");
        Path image = checkpoint("a", server);
        moveOn();
        restore("b", image);
        ask(client, "fifteen letters", "16");
        Program another = python(ASKS, Cable.INSIDE);
        ask(another, "", "1");
    }

    private static String answers(String host) {
        return ANSWERS.replace("HOST", host);
    }

    private static void ask(Program client, String line, String answer) throws Exception {
        String before = client.output();
        client.input(line + "\n");
        client.awaitOutput(text -> text.equals(before + answer + "\n"));
    }

    @Test
    void tcpCloseResetsBothEnds() throws Exception {
        Program server = run("a", "/usr/bin/python3", "-c", answers("''"));
        Program client = python(ASKS, Cable.INSIDE);
        ask(client, "four", "5");
        Path image = checkpoint("a", server);
        moveOn();
        Program after = restore("b", image, "--tcp-close");
        after.awaitOutput("ConnectionResetError\n"::equals);
        ask(client, "four", "ConnectionResetError");
        ask(python(ASKS, Cable.INSIDE), "four", "5");
    }

    // ---- with another address

    @Test
    void listenersMoveAndOldConnectionsAreReset() throws Exception {
        Program server = run("a", "/usr/bin/python3", "-c", answers("''"));
        Program client = python(ASKS, Cable.INSIDE);
        ask(client, "four", "5");
        Path image = checkpoint("a", server);
        cable.moveTo("10.77.0.9", "fd00:77::9", "02:00:00:00:77:09");
        Program after = restore("b", image);
        after.awaitOutput("ConnectionResetError\n"::equals);
        ask(python(ASKS, "10.77.0.9"), "four", "5");
    }

    @Test
    void listenersOfOneAddressListenAtTheNewOne() throws Exception {
        Program server = run("a", "/usr/bin/python3", "-c", answers("'10.77.0.2'"));
        Path image = checkpoint("a", server);
        cable.moveTo("10.77.0.9", "fd00:77::9", "02:00:00:00:77:09");
        restore("b", image);
        ask(python(ASKS, "10.77.0.9"), "four", "5");
    }

    // ---- without an interface

    /** There is one address, and the one who has it goes on with it. */
    @Test
    void cloneHasNoInterfaceAndTheOriginalGoesOn() throws Exception {
        Program server = run("a", "/usr/bin/python3", "-c", answers("''"));
        Program client = python(ASKS, Cable.INSIDE);
        ask(client, "four", "5");
        stasis.startDetached("fork", "a", "b");
        ask(client, "fifteen letters", "16");
        Program ip = stasis.run("exec", "b", "/usr/sbin/ip", "-o", "link", "show", "eth0");
        assertTrue(ip.output().contains("state DOWN"), ip.output() + ip.errors());
        ask(client, "four", "5");
        assertTrue(server.isAlive());
    }

    @Test
    void withoutItsInterfaceConnectionsAreResetAndItGoesOn() throws Exception {
        Program server = run("a", "/usr/bin/python3", "-c", answers("''"));
        Program client = python(ASKS, Cable.INSIDE);
        ask(client, "four", "5");
        Path image = checkpoint("a", server);
        Path bundle = new Bundle("/bin/false").writeTo(stasis.folder());
        Path log = stasis.folder().resolve("log");
        Program after =
                stasis.start(
                        "--log=" + log,
                        "restore",
                        "--bundle",
                        bundle.toString(),
                        "--image-path",
                        image.toString(),
                        "b");
        after.awaitOutput("ConnectionResetError\n"::equals);
        String told = Files.readString(log);
        assertTrue(told.contains("eth0 of the image is not here"), told);
    }
}
