package stasis.cli.boot;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.kernel.BootCaller;
import stasis.kernel.Kernel;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.OpenHow;
import stasis.kernel.vfs.Vfs;

/**
 * Copies host files into memory. For small roots, before the gofer has them: nothing that changes
 * outside is seen inside, and nothing goes back.
 */
final class CopiedRoot implements RootProvider {
    private static final long LIMIT_PAGES = 1 << 18;

    @Override
    public Filesystem attach(Kernel kernel, Path host, boolean readOnly)
            throws SyscallException, IOException {
        Vfs vfs = kernel.machine().vfs();
        long now = kernel.machine().realtime().now();
        Tmpfs copy =
                new Tmpfs(vfs, kernel.machine().memory(), "tmpfs", LIMIT_PAGES, 0755, now);
        stasis.kernel.vfs.Path top = vfs.newNamespace(copy, 0, "copy").root();
        FsContext fs = new FsContext(top, top, 0);
        try (Stream<Path> all = host.getNameCount() == 0 ? hostFiles() : Files.walk(host)) {
            for (Path p : (Iterable<Path>) all.skip(1)::iterator) {
                if (host.getNameCount() == 0 && !wanted(p)) continue;
                copy(vfs, new BootCaller(kernel.machine()), fs, p, "/" + host.relativize(p));
            }
        }
        return copy;
    }

    private static Stream<Path> hostFiles() throws IOException {
        return java.util.List.of(
                        "", "bin", "lib64", "lib", "usr", "usr/bin", "usr/lib64", "usr/lib",
                        "usr/lib/x86_64-linux-gnu", "tmp", "root", "usr/bin/bash", "usr/bin/true",
                        "usr/bin/sleep", "usr/bin/ls", "usr/bin/cat", "usr/bin/echo", "usr/bin/date",
                        "usr/bin/sh", "usr/bin/dash", "usr/bin/ps", "usr/bin/id",
                        "usr/lib64/ld-linux-x86-64.so.2",
                        "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
                        "usr/lib/x86_64-linux-gnu/libc.so.6",
                        "usr/lib/x86_64-linux-gnu/libtinfo.so.6",
                        "usr/lib/x86_64-linux-gnu/libselinux.so.1",
                        "usr/lib/x86_64-linux-gnu/libpcre2-8.so.0")
                .stream()
                .map(n -> Path.of("/" + n))
                .filter(p -> Files.exists(p, LinkOption.NOFOLLOW_LINKS));
    }

    private static boolean wanted(Path p) {
        return p.getNameCount() > 0;
    }

    private static void copy(Vfs vfs, BootCaller c, FsContext fs, Path from, String to)
            throws SyscallException, IOException {
        int mode = (int) Files.getAttribute(from, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
        try {
            if (Files.isSymbolicLink(from)) {
                String target = Files.readSymbolicLink(from).toString();
                vfs.changes(c, fs).symlink(target, fs.root(), to);
            } else if (Files.isDirectory(from)) {
                vfs.changes(c, fs).mkdir(fs.root(), to, mode);
            } else if (Files.isRegularFile(from)) {
                content(vfs, c, fs, Files.readAllBytes(from), to, mode);
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) throw e;
        }
    }

    private static void content(
            Vfs vfs, BootCaller c, FsContext fs, byte[] bytes, String to, int mode)
            throws SyscallException {
        OpenHow how = OpenHow.of(Fcntl.O_CREAT | Fcntl.O_WRONLY, mode);
        FileDescription file = vfs.open(c, fs, fs.root(), to, how);
        MemorySegment from = MemorySegment.ofArray(bytes);
        for (long done = 0; done < bytes.length; ) {
            done += file.write(c, from, done, bytes.length - done);
        }
        file.release(c);
    }
}
