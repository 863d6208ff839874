package stasis.kernel.socket.unix;

import static stasis.abi.Errno.EADDRINUSE;
import static stasis.abi.Errno.ECONNREFUSED;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOSPC;
import static stasis.abi.Errno.ETOOMANYREFS;
import static stasis.abi.Fcntl.W_OK;
import static stasis.abi.StatMode.S_IFSOCK;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Attachment;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.Vfs;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/** What the UNIX sockets of one kernel share: abstract names, and descriptors in flight. */
@Saved("unix.UnixNames")
public final class UnixNames implements Attachment {
    /** Unlike Linux, which bounds it per user by RLIMIT_NOFILE. */
    private static final int MAX_IN_FLIGHT = 1 << 16;

    /** Autobind gives five hexadecimal digits, unix(7). */
    private static final int AUTOMATIC = 1 << 20;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE);

    /** Guarded by {@link #lock}. */
    private TreeMap<String, UnixSocket> names = new TreeMap<>();

    /** Where autobind goes on. Guarded by {@link #lock}. */
    private int nextAutomatic;

    /** Guarded by {@link #lock}. */
    private int inFlight;

    @NotSaved("empty while the kernel is paused")
    private final ConcurrentLinkedQueue<FileDescription> dying = new ConcurrentLinkedQueue<>();

    @NotSaved("nobody while the kernel is paused")
    private final AtomicReference<@Nullable Thread> undertaker = new AtomicReference<>();

    private UnixNames() {}

    /** The one of this kernel. */
    static UnixNames of(Vfs vfs) {
        Inode root = AnonymousFilesystem.sockets(vfs).root();
        if (root.attach(new UnixNames()) instanceof UnixNames names) return names;
        throw new IllegalStateException("something else is attached to sockfs");
    }

    // ---- abstract names ----

    void bind(String name, UnixSocket socket) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (names.putIfAbsent(name, socket) != null) throw EADDRINUSE.exception();
        }
    }

    String bindAutomatically(UnixSocket socket) throws ErrnoException {
        try (var _ = lock.hold()) {
            for (int tries = 0; tries < AUTOMATIC; tries++) {
                String name = String.format("%05x", nextAutomatic++ & (AUTOMATIC - 1));
                if (names.putIfAbsent(name, socket) == null) return name;
            }
        }
        throw ENOSPC.exception();
    }

    void unbind(String name, UnixSocket socket) {
        try (var _ = lock.hold()) {
            names.remove(name, socket);
        }
    }

    // ---- names in the file system ----

    private static Task task(Caller caller) throws ErrnoException {
        if (caller instanceof Task task) return task;
        throw EINVAL.exception();
    }

    /** Makes the socket file; EADDRINUSE if the name is taken. */
    static Inode make(Caller caller, String path, UnixSocket socket) throws ErrnoException {
        Task task = task(caller);
        Path made;
        try {
            made =
                    task.vfs()
                            .changes(task, task.fs())
                            .mknod(task.fs().cwd(), path, S_IFSOCK | 0777, 0);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) throw e;
            throw EADDRINUSE.exception();
        }
        if (made.inode().attach(socket) != socket) throw EADDRINUSE.exception();
        return made.inode();
    }

    /** The socket that {@code address} names; ECONNREFUSED if there is none (any more). */
    UnixSocket find(Caller caller, byte[] address) throws ErrnoException {
        UnixAddress.check(address);
        if (UnixAddress.isUnnamed(address)) throw ECONNREFUSED.exception();
        UnixSocket found =
                UnixAddress.isAbstract(address)
                        ? findAbstract(UnixAddress.abstractName(address))
                        : findByPath(caller, UnixAddress.path(address));
        if (found == null) throw ECONNREFUSED.exception();
        return found;
    }

    private @Nullable UnixSocket findAbstract(String name) {
        try (var _ = lock.hold()) {
            return names.get(name);
        }
    }

    private static @Nullable UnixSocket findByPath(Caller caller, String path)
            throws ErrnoException {
        Task task = task(caller);
        Path place = task.vfs().resolve(task, task.fs(), task.fs().cwd(), path, true);
        Inode inode = place.inode();
        if (inode.type() != S_IFSOCK) throw ECONNREFUSED.exception();
        inode.checkAccess(task.credentials(), W_OK);
        return inode.attachment() instanceof UnixSocket socket ? socket : null;
    }

    // ---- descriptors in flight ----

    void launch(int files) throws ErrnoException {
        if (files == 0) return;
        try (var _ = lock.hold()) {
            if (inFlight + files > MAX_IN_FLIGHT) throw ETOOMANYREFS.exception();
            inFlight += files;
        }
    }

    void landed(int files) {
        if (files == 0) return;
        try (var _ = lock.hold()) {
            inFlight -= files;
        }
    }

    /**
     * Releases what was in flight to a socket that is gone. That may close sockets which have
     * descriptors in flight in turn, to any depth: hence a queue, and one thread that empties it.
     */
    void bury(Caller caller, List<FileDescription> files) {
        dying.addAll(files);
        while (!dying.isEmpty() && undertaker.compareAndSet(null, Thread.currentThread())) {
            try {
                FileDescription next;
                while ((next = dying.poll()) != null) next.release(caller);
            } finally {
                undertaker.set(null);
            }
        }
    }
}
