package stasis.cli.boot;

import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFLNK;
import static stasis.abi.StatMode.S_IFMT;
import static stasis.abi.StatMode.S_IFREG;

import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.kernel.BootCaller;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.InodeStat;
import stasis.kernel.vfs.OpenHow;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.Vfs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code tmpcopyup}: a new tmpfs begins with what was at its place. Sockets and devices are not
 * copied.
 */
final class CopyUp {
    private static final int CHUNK = 64 << 10;

    private final Vfs vfs;
    private final BootCaller caller;
    private final FsContext fs;

    CopyUp(Vfs vfs, BootCaller caller, FsContext fs) {
        this.vfs = vfs;
        this.caller = caller;
        this.fs = fs;
    }

    /** Everything below {@code from}, into {@code to}; both are folders. */
    void copy(Path from, Path to) throws SyscallException {
        for (String name : names(from)) {
            Path source = vfs.resolve(caller, fs, from, name, false);
            InodeStat stat = source.inode().stat();
            int permissions = stat.mode() & 07777;
            switch (stat.mode() & S_IFMT) {
                case S_IFDIR -> {
                    vfs.changes(caller, fs).mkdir(to, name, permissions);
                    copy(source, vfs.resolve(caller, fs, to, name, false));
                }
                case S_IFLNK ->
                        vfs.changes(caller, fs).symlink(vfs.readlink(caller, source), to, name);
                case S_IFREG -> file(source, to, name, permissions);
                default -> {
                    continue;
                }
            }
            Path made = vfs.resolve(caller, fs, to, name, false);
            vfs.attributes(caller).chown(made.mount(), made.inode(), stat.uid(), stat.gid());
        }
    }

    private List<String> names(Path folder) throws SyscallException {
        List<String> names = new ArrayList<>();
        FileDescription open = vfs.openPlace(caller, folder, Fcntl.O_RDONLY);
        try {
            vfs.list(
                    caller,
                    open,
                    (name, ino, mode, next) -> {
                        if (!name.equals(".") && !name.equals("..")) names.add(name);
                        return true;
                    });
            return names;
        } finally {
            open.release(caller);
        }
    }

    private void file(Path source, Path to, String name, int permissions) throws SyscallException {
        FileDescription in = vfs.openPlace(caller, source, Fcntl.O_RDONLY);
        OpenHow how = OpenHow.of(Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL, permissions);
        FileDescription out = vfs.open(caller, fs, to, name, how);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(CHUNK);
            long n;
            while ((n = in.read(caller, bytes, 0, CHUNK)) > 0) {
                for (long done = 0; done < n; ) done += out.write(caller, bytes, done, n - done);
            }
        } finally {
            in.release(caller);
            out.release(caller);
        }
    }
}
