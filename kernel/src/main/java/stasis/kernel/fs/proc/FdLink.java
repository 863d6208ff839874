package stasis.kernel.fs.proc;

import static stasis.abi.StatMode.S_IFLNK;

import org.jspecify.annotations.Nullable;

import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Path;
import stasis.state.Saved;

/** {@code /proc/pid/fd/n}. */
@Saved("proc.FdLink")
final class FdLink extends MagicLink {
    private int fd;

    private FdLink() {}

    FdLink(ProcFilesystem filesystem, Task task, int fd) {
        super(filesystem, task);
        this.fd = fd;
    }

    @Override
    @Nullable Path target() {
        FileDescription file = task().fdTable().peek(fd);
        if (file == null) return null;
        Path path = file.path();
        return path != null ? path : filesystem().vfs().nowhere(file.inode());
    }

    /** Permissions show how it is open. */
    @Override
    public int mode() {
        FileDescription file = task().fdTable().peek(fd);
        if (file == null) return S_IFLNK;
        return S_IFLNK | (file.readable() ? 0500 : 0) | (file.writable() ? 0300 : 0);
    }

    @Override
    public boolean stillThere() {
        return task().fdTable().peek(fd) != null;
    }

    @Override
    protected long size() {
        return 64;
    }
}
