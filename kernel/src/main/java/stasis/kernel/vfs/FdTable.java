package stasis.kernel.vfs;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EMFILE;
import static stasis.abi.Resource.RLIMIT_NOFILE;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The descriptors of a process, shared by tasks with CLONE_FILES. */
@Saved("vfs.FdTable")
public final class FdTable implements LockOwner {
    /** fcntl(2) and nr_open: no descriptor is ever larger. */
    public static final int MAX = 1 << 20;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FD_TABLE);

    /** Indexed by descriptor. Guarded by {@link #lock}. */
    private @Nullable FileDescription[] files = new FileDescription[64];

    /** FD_CLOEXEC, a bit per descriptor. Guarded by {@link #lock}. */
    private long[] closeOnExec = new long[1];

    /** Every descriptor below is in use. Guarded by {@link #lock}. */
    private int lowestFree;

    /** Tasks that share the table. Guarded by {@link #lock}. */
    private int users = 1;

    public FdTable() {}

    /** The open file, without a reference of its own: valid while the calling task's call lasts. */
    public FileDescription get(int fd) throws ErrnoException {
        try (var _ = lock.hold()) {
            FileDescription file = fd >= 0 && fd < files.length ? files[fd] : null;
            if (file == null) throw EBADF.exception();
            return file;
        }
    }

    public @Nullable FileDescription peek(int fd) {
        try (var _ = lock.hold()) {
            return fd >= 0 && fd < files.length ? files[fd] : null;
        }
    }

    /**
     * Puts {@code file}, whose reference it takes, at the lowest free descriptor from {@code min}.
     */
    public int install(Caller caller, FileDescription file, int min, boolean cloexec)
            throws ErrnoException {
        long limit = Math.min(caller.limits().soft(RLIMIT_NOFILE), MAX);
        if (limit < 0) limit = MAX;
        if (min < 0 || min >= limit) throw EINVAL.exception();
        try (var _ = lock.hold()) {
            int fd = Math.max(min, lowestFree);
            while (fd < files.length && files[fd] != null) fd++;
            if (fd >= limit) throw EMFILE.exception();
            putLocked(fd, file, cloexec);
            if (min <= lowestFree) lowestFree = fd + 1;
            return fd;
        }
    }

    /**
     * dup2(2): puts {@code file}, whose reference it takes, at {@code fd}; the caller releases what
     * was there.
     */
    public @Nullable FileDescription replace(
            Caller caller, int fd, FileDescription file, boolean cloexec) throws ErrnoException {
        long limit = Math.min(caller.limits().soft(RLIMIT_NOFILE), MAX);
        if (limit < 0) limit = MAX;
        if (fd < 0 || fd >= limit) throw EBADF.exception();
        try (var _ = lock.hold()) {
            FileDescription old = fd < files.length ? files[fd] : null;
            putLocked(fd, file, cloexec);
            return old;
        }
    }

    private void putLocked(int fd, FileDescription file, boolean cloexec) {
        if (fd >= files.length) {
            @Nullable FileDescription[] larger =
                    new FileDescription[Math.max(fd + 1, files.length * 2)];
            System.arraycopy(files, 0, larger, 0, files.length);
            files = larger;
        }
        files[fd] = file;
        setCloexecLocked(fd, cloexec);
    }

    /** Takes {@code fd} out; the caller releases it. */
    public FileDescription remove(int fd) throws ErrnoException {
        try (var _ = lock.hold()) {
            FileDescription file = fd >= 0 && fd < files.length ? files[fd] : null;
            if (file == null) throw EBADF.exception();
            files[fd] = null;
            setCloexecLocked(fd, false);
            lowestFree = Math.min(lowestFree, fd);
            return file;
        }
    }

    /** close(2). */
    public void close(Caller caller, int fd) throws ErrnoException {
        close(caller, remove(fd));
    }

    /**
     * The end of a descriptor that {@link #remove} or {@link #replace} took out. Like Linux, record
     * locks of the process on the file go with any of its descriptors, fcntl(2).
     */
    public void close(Caller caller, FileDescription file) {
        FileLocks locks = file.inode().locksIfAny();
        if (locks != null) locks.drop(this);
        file.release(caller);
    }

    public boolean closeOnExec(int fd) {
        try (var _ = lock.hold()) {
            int word = fd >> 6;
            return word < closeOnExec.length && (closeOnExec[word] & (1L << fd)) != 0;
        }
    }

    public void setCloseOnExec(int fd, boolean on) {
        try (var _ = lock.hold()) {
            setCloexecLocked(fd, on);
        }
    }

    private void setCloexecLocked(int fd, boolean on) {
        int word = fd >> 6;
        if (word >= closeOnExec.length) {
            if (!on) return;
            closeOnExec = java.util.Arrays.copyOf(closeOnExec, word + 1);
        }
        if (on) closeOnExec[word] |= 1L << fd;
        else closeOnExec[word] &= ~(1L << fd);
    }

    /** The descriptors in use, ascending. */
    public int[] descriptors() {
        try (var _ = lock.hold()) {
            BitSet set = new BitSet();
            for (int i = 0; i < files.length; i++) if (files[i] != null) set.set(i);
            return set.stream().toArray();
        }
    }

    /** Largest descriptor in use, or -1. */
    public int last() {
        try (var _ = lock.hold()) {
            for (int i = files.length - 1; i >= 0; i--) if (files[i] != null) return i;
            return -1;
        }
    }

    /** fork(2): the same open files under the same numbers. */
    public FdTable copy() {
        FdTable copy = new FdTable();
        try (var _ = lock.hold()) {
            copy.files = files.clone();
            copy.closeOnExec = closeOnExec.clone();
            copy.lowestFree = lowestFree;
            for (FileDescription f : copy.files) if (f != null) f.acquire();
        }
        return copy;
    }

    public FdTable share() {
        try (var _ = lock.hold()) {
            users++;
        }
        return this;
    }

    public boolean shared() {
        try (var _ = lock.hold()) {
            return users > 1;
        }
    }

    /** A task that used the table is gone; the last one closes everything. */
    public void leave(Caller caller) {
        List<FileDescription> closing = new ArrayList<>();
        try (var _ = lock.hold()) {
            if (--users > 0) return;
            for (int i = 0; i < files.length; i++) {
                FileDescription f = files[i];
                if (f != null) closing.add(f);
                files[i] = null;
            }
        }
        for (FileDescription f : closing) close(caller, f);
    }

    /** execve(2): closes what is marked. */
    public void closeOnExec(Caller caller) {
        List<FileDescription> closing = new ArrayList<>();
        try (var _ = lock.hold()) {
            for (int fd = 0; fd < files.length; fd++) {
                FileDescription f = files[fd];
                int word = fd >> 6;
                if (f == null || word >= closeOnExec.length) continue;
                if ((closeOnExec[word] & (1L << fd)) == 0) continue;
                closing.add(f);
                files[fd] = null;
                lowestFree = Math.min(lowestFree, fd);
            }
            closeOnExec = new long[1];
        }
        for (FileDescription f : closing) close(caller, f);
    }
}
