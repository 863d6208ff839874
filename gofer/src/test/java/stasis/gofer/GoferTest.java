package stasis.gofer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Fcntl;
import stasis.gofer.client.GoferConnection;
import stasis.gofer.client.GoferFile;
import stasis.gofer.protocol.MessageSocket;
import stasis.gofer.protocol.P9;
import stasis.gofer.server.Export;
import stasis.gofer.server.GoferServer;
import stasis.host.FdSocket;
import stasis.host.Host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;

class GoferTest {
    @TempDir Path dir;
    private Path tree;

    @BeforeEach
    void aTreeWithTraps() throws Exception {
        tree = Files.createDirectory(dir.resolve("tree"));
        Files.writeString(dir.resolve("secret"), "outside");
        Files.writeString(tree.resolve("file"), "content of the file");
        Files.createDirectories(tree.resolve("a/b/c"));
        Files.writeString(tree.resolve("a/b/deep"), "deep");
        Files.createSymbolicLink(tree.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(tree.resolve("absolute"), Path.of("/"));
        Files.createSymbolicLink(tree.resolve("out"), Path.of("../secret"));
        Files.createSymbolicLink(tree.resolve("magic"), Path.of("/proc/self/root"));
    }

    private static void assertErrno(Errno expected, Executable call) {
        assertEquals(expected, assertThrows(ErrnoException.class, call).errno());
    }

    private static String read(GoferFile file) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment b = arena.allocate(100);
            int n = (int) file.read(b, 0, 100, 0);
            return new String(
                    b.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        }
    }

    private static void write(GoferFile file, String text) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment b = arena.allocateFrom(text);
            assertEquals(text.length(), file.write(b, 0, text.length(), 0));
        }
    }

    @Test
    void filesAreReadThroughPassedDescriptors() throws Exception {
        try (ServedTree t = new ServedTree(tree, true)) {
            int fid = t.client.walk(t.top, List.of("file"));
            try (GoferFile file = t.client.open(fid, Fcntl.O_RDONLY)) {
                assertEquals("content of the file", read(file));
            }
            GoferConnection.Stat stat = t.client.getattr(fid);
            assertEquals(19, stat.attributes().size());
            assertEquals(
                    Files.getLastModifiedTime(tree.resolve("file"))
                            .to(java.util.concurrent.TimeUnit.NANOSECONDS),
                    stat.attributes().mtime());
        }
    }

    @Test
    void directoriesAreListed() throws Exception {
        for (int i = 0; i < 3000; i++) Files.createFile(tree.resolve("a/n" + i));
        try (ServedTree t = new ServedTree(tree, true)) {
            TreeSet<String> names = new TreeSet<>();
            t.client.list(t.client.walk(t.top, List.of("a"))).forEach(e -> names.add(e.name()));
            assertEquals(3003, names.size());
            assertTrue(names.contains("n2999") && names.contains("b") && names.contains(".."));
        }
    }

    @Test
    void linksAreReadNotFollowed() throws Exception {
        try (ServedTree t = new ServedTree(tree, true)) {
            int up = t.client.walk(t.top, List.of("up"));
            assertEquals("..", t.client.readlink(up));
            for (String link : List.of("up", "absolute", "magic")) {
                assertErrno(Errno.ENOENT, () -> t.client.walk(t.top, List.of(link, "etc")));
                int fid = t.client.walk(t.top, List.of(link));
                assertErrno(Errno.EINVAL, () -> t.client.open(fid, Fcntl.O_RDONLY));
            }
            int out = t.client.walk(t.top, List.of("out"));
            assertErrno(Errno.EINVAL, () -> t.client.open(out, Fcntl.O_RDONLY));
        }
    }

    @Test
    void dotDotStopsAtTheTop() throws Exception {
        try (ServedTree t = new ServedTree(tree, true)) {
            long top = t.client.getattr(t.top).qid().path();
            int up = t.client.walk(t.top, List.of("..", "..", ".."));
            assertEquals(top, t.client.getattr(up).qid().path());
            int c = t.client.walk(t.top, List.of("a", "b", "..", "..", "..", "file"));
            assertEquals(19, t.client.getattr(c).attributes().size());
        }
    }

    @Test
    void namesAreSingleComponents() throws Exception {
        try (ServedTree t = new ServedTree(tree, false)) {
            for (String bad : List.of("../secret", "a/b", "/etc/passwd", "", ".", "x\0y")) {
                assertThrows(ErrnoException.class, () -> t.client.walk(t.top, List.of(bad)), bad);
                assertErrno(Errno.EINVAL, () -> t.client.mkdir(t.top, bad, 0755));
            }
            assertErrno(Errno.EINVAL, () -> t.client.mkdir(t.top, "..", 0755));
            assertErrno(Errno.EINVAL, () -> t.client.unlink(t.top, "..", true));
            assertErrno(Errno.EINVAL, () -> t.client.rename(t.top, "file", t.top, "../moved"));
        }
    }

    @Test
    void aDirectoryRenamedMeanwhileLeadsNowhereElse() throws Exception {
        Path inside = tree.resolve("a");
        Path outside = dir.resolve("moved");
        AtomicBoolean stop = new AtomicBoolean();
        Thread mover =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!stop.get()) {
                                        inside.toFile().renameTo(outside.toFile());
                                        outside.toFile().renameTo(inside.toFile());
                                    }
                                });
        try (ServedTree t = new ServedTree(tree, true)) {
            long secret = -1;
            for (int i = 0; i < 2000; i++) {
                try {
                    List<String> path = List.of("a", "b", "..", "..", "secret");
                    secret = t.client.getattr(t.client.walk(t.top, path)).qid().path();
                } catch (ErrnoException e) {
                    // Gone at that moment, or no such file below the top.
                }
            }
            assertEquals(-1, secret);
        } finally {
            stop.set(true);
            mover.join();
        }
    }

    @Test
    void readOnlyMeansReadOnly() throws Exception {
        try (ServedTree t = new ServedTree(tree, true)) {
            int fid = t.client.walk(t.top, List.of("file"));
            assertErrno(Errno.EROFS, () -> t.client.open(fid, Fcntl.O_RDWR));
            assertErrno(Errno.EROFS, () -> t.client.open(fid, Fcntl.O_RDONLY | Fcntl.O_TRUNC));
            assertErrno(Errno.EROFS, () -> t.client.create(t.top, "new", Fcntl.O_RDWR, 0644));
            assertErrno(Errno.EROFS, () -> t.client.mkdir(t.top, "d", 0755));
            assertErrno(Errno.EROFS, () -> t.client.unlink(t.top, "file", false));
            assertErrno(Errno.EROFS, () -> t.client.rename(t.top, "file", t.top, "g"));
            assertErrno(
                    Errno.EROFS, () -> t.client.setattr(fid, P9.SETATTR_MODE, 0777, 0, 0, 0, 0, 0));
            assertEquals("content of the file", Files.readString(tree.resolve("file")));
        }
    }

    @Test
    void changesReachTheHost() throws Exception {
        try (ServedTree t = new ServedTree(tree, false)) {
            try (GoferFile made = t.client.create(t.top, "new", Fcntl.O_RDWR, 0640)) {
                write(made, "written");
                assertEquals("written", read(made));
            }
            assertEquals("written", Files.readString(tree.resolve("new")));
            t.client.mkdir(t.top, "d", 0750);
            int d = t.client.walk(t.top, List.of("d"));
            t.client.rename(t.top, "new", d, "moved");
            t.client.symlink(d, "s", "moved");
            int moved = t.client.walk(d, List.of("moved"));
            t.client.link(d, moved, "hard");
            t.client.setattr(moved, P9.SETATTR_MODE | P9.SETATTR_SIZE, 0600, 0, 0, 3, 0, 0);
            assertEquals("wri", Files.readString(tree.resolve("d/hard")));
            t.client.unlink(d, "moved", false);
            assertErrno(Errno.ENOTEMPTY, () -> t.client.unlink(t.top, "d", true));
            assertFalse(Files.exists(tree.resolve("d/moved")));
        }
    }

    @Test
    void anotherFileUnderTheSameNameIsNotOpened() throws Exception {
        try (ServedTree t = new ServedTree(tree, true)) {
            int fid = t.client.walk(t.top, List.of("file"));
            Files.move(tree.resolve("file"), tree.resolve("old"));
            Files.writeString(tree.resolve("file"), "impostor");
            assertErrno(Errno.ESTALE, () -> t.client.open(fid, Fcntl.O_RDONLY));
        }
    }

    @Test
    void aPipeOfTheHostIsNotOpened() throws Exception {
        Path fifo = tree.resolve("fifo");
        Process p = new ProcessBuilder("mkfifo", fifo.toString()).start();
        assertEquals(0, p.waitFor());
        try (ServedTree t = new ServedTree(tree, true)) {
            int fid = t.client.walk(t.top, List.of("fifo"));
            assertErrno(Errno.EINVAL, () -> t.client.open(fid, Fcntl.O_RDONLY));
        }
    }

    /** Messages that are no messages end the connection; the server's thread ends too. */
    @Test
    void garbageEndsTheConnection() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            FdSocket[] ends = FdSocket.pair(FdSocket.STREAM);
            Export export = new Export("/", ServedTree.place(tree), true);
            GoferServer server = new GoferServer(new MessageSocket(ends[1].fd()), List.of(export));
            Thread thread = Thread.ofPlatform().start(() -> ServedTree.serve(server, ends[1].fd()));
            byte[] bytes = new byte[7 + random.nextInt(60)];
            random.nextBytes(bytes);
            if (round % 2 == 0) {
                bytes[0] = (byte) bytes.length;
                bytes[1] = bytes[2] = bytes[3] = 0;
                bytes[4] = (byte) (8 + 2 * random.nextInt(60));
            }
            Host.writeAll(ends[0].fd().number(), bytes);
            ends[0].fd().close();
            thread.join(10_000);
            assertFalse(thread.isAlive());
        }
    }
}
