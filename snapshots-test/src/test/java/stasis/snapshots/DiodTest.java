package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import stasis.abi.Fcntl;
import stasis.gofer.client.GoferConnection;
import stasis.gofer.client.GoferFile;
import stasis.gofer.protocol.MessageSocket;
import stasis.gofer.protocol.ProtocolException;
import stasis.gofer.server.Export;
import stasis.gofer.server.GoferServer;
import stasis.host.FdSocket;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The public protocol, spoken with programs that we did not write: Debian's diod, over loopback.
 */
class DiodTest {
    private static final Path ROOT = ProgramsTest.ROOT;

    @TempDir Path dir;

    private static List<String> tool(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ROOT.resolve("lib64/ld-linux-x86-64.so.2").toString());
        command.add("--library-path");
        command.add(ROOT.resolve("usr/lib/x86_64-linux-gnu").toString());
        command.add(ROOT.resolve("usr/sbin/" + name).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private Path tree() throws IOException {
        Path tree = Files.createDirectory(dir.resolve("tree"));
        Files.createDirectory(tree.resolve("sub"));
        Files.writeString(tree.resolve("sub/file"), "line of the file\n".repeat(20_000));
        Files.writeString(tree.resolve("other"), "x");
        return tree;
    }

    /** A listening socket whose connections our server answers. */
    private static ServerSocketChannel serve(Path tree) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback(0));
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                while (true) answer(listener.accept(), tree);
                            } catch (IOException | HostException e) {
                                // Closed by the test.
                            }
                        });
        return listener;
    }

    private static void answer(SocketChannel foreign, Path tree) throws HostException {
        FdSocket[] ends = FdSocket.pair(FdSocket.STREAM);
        Export export = new Export(tree.toString(), Sandbox.openDirectory(tree), false);
        GoferServer server = new GoferServer(new MessageSocket(ends[1].fd()), List.of(export));
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try (HostFd _ = ends[1].fd()) {
                                server.serve();
                            } catch (HostException | ProtocolException e) {
                                System.err.println("gofer: " + e.getMessage());
                            }
                        });
        relay(foreign, ends[0].fd());
    }

    /**
     * Copies bytes both ways between a connection of Java's and a descriptor whose number we know.
     */
    private static void relay(SocketChannel channel, HostFd fd) {
        Thread.ofPlatform().daemon().start(() -> inwards(channel, fd));
        Thread.ofPlatform().daemon().start(() -> outwards(channel, fd));
    }

    private static void inwards(SocketChannel channel, HostFd fd) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
        try {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                Host.writeAll(fd.number(), bytes);
            }
        } catch (IOException | HostException e) {
            // One side is gone.
        }
        fd.close();
    }

    private static void outwards(SocketChannel channel, HostFd fd) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
        try {
            for (; ; ) {
                buffer.clear();
                long n = Host.read(fd.number(), MemorySegment.ofBuffer(buffer));
                if (n <= 0) break;
                buffer.limit((int) n);
                while (buffer.hasRemaining()) channel.write(buffer);
            }
            channel.close();
        } catch (IOException | IllegalStateException e) {
            // One side is gone.
        }
    }

    private String client(String tool, Path tree, String path) throws Exception {
        try (ServerSocketChannel listener = serve(tree)) {
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            GuestPrograms.Outcome out =
                    GuestPrograms.run(
                            tool(tool, "-s", "127.0.0.1:" + port, "-a", tree.toString(), path));
            assertEquals(0, out.exitCode(), out.output());
            return out.output();
        }
    }

    @Test
    void diodlsListsATreeThroughOurServer() throws Exception {
        String out = client("diodls", tree(), "/");
        assertTrue(out.contains("sub") && out.contains("other"), out);
    }

    @Test
    void diodcatReadsAFileThroughOurServer() throws Exception {
        Path tree = tree();
        assertEquals(
                Files.readString(tree.resolve("sub/file")), client("diodcat", tree, "sub/file"));
    }

    @Test
    void ourClientReadsAndWritesThroughDiod() throws Exception {
        Path tree = tree();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process diod =
                new ProcessBuilder(
                                tool(
                                        "diod",
                                        "-f",
                                        "-n",
                                        "-N",
                                        "-L",
                                        "stderr",
                                        "-e",
                                        tree.toString(),
                                        "-l",
                                        "127.0.0.1:" + port))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectInput(new File("/dev/null"))
                        .start();
        try {
            FdSocket[] ends = FdSocket.pair(FdSocket.STREAM);
            relay(connect(port, diod), ends[1].fd());
            try (GoferConnection client = new GoferConnection(new MessageSocket(ends[0].fd()))) {
                use(client, tree);
            }
        } finally {
            diod.destroy();
            assertTrue(diod.waitFor(10, TimeUnit.SECONDS));
        }
    }

    private static SocketChannel connect(int port, Process diod) throws Exception {
        for (; ; ) {
            try {
                return SocketChannel.open(loopback(port));
            } catch (IOException e) {
                if (!diod.isAlive()) throw new AssertionError("diod ended: " + diod.exitValue(), e);
                Thread.onSpinWait();
            }
        }
    }

    private static void use(GoferConnection client, Path tree) throws Exception {
        int top = client.attach(tree.toString());
        List<String> names = client.list(top).stream().map(GoferConnection.Entry::name).toList();
        assertTrue(names.contains("sub") && names.contains("other"), names.toString());
        int fid = client.walk(top, List.of("sub", "file"));
        try (Arena arena = Arena.ofConfined();
                GoferFile file = client.open(fid, Fcntl.O_RDONLY)) {
            MemorySegment b = arena.allocate(340_000);
            assertEquals(340_000, file.read(b, 0, 340_000, 0));
            String text = new String(b.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            assertEquals(Files.readString(tree.resolve("sub/file")), text);
        }
        try (Arena arena = Arena.ofConfined();
                GoferFile made = client.create(top, "made", Fcntl.O_RDWR, 0644)) {
            made.write(arena.allocateFrom("by us"), 0, 5, 0);
        }
        client.mkdir(top, "directory", 0755);
        client.rename(top, "made", client.walk(top, List.of("directory")), "moved");
        assertEquals("by us", Files.readString(tree.resolve("directory/moved")));
    }
}
