package stasis.kernel.fs.anon;

import static stasis.abi.Magic.ANON_INODE_FS_MAGIC;
import static stasis.abi.Magic.PIPEFS_MAGIC;
import static stasis.abi.Magic.SOCKFS_MAGIC;
import static stasis.abi.StatMode.S_IFDIR;
import static stasis.abi.StatMode.S_IFIFO;
import static stasis.abi.StatMode.S_IFSOCK;

import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.Vfs;
import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.concurrent.atomic.AtomicLong;

/**
 * pipefs, sockfs or anon_inodefs: mounted nowhere, only numbers of inodes. One of each per kernel.
 */
@Saved("anon.AnonymousFilesystem")
public final class AnonymousFilesystem extends Filesystem {
    private static final String PIPES = "pipefs";
    private static final String SOCKETS = "sockfs";
    private static final String OTHERS = "anon_inodefs";

    private String type;

    /** Never changes; nobody can reach it. */
    private AnonymousInode root;

    private long savedLastIno;

    @NotSaved("goes on from savedLastIno")
    private final AtomicLong lastIno = new AtomicLong(1);

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock nestingLock = new RankedLock(LockRank.EPOLL_NESTING);

    @SuppressWarnings("NullAway.Init")
    private AnonymousFilesystem() {}

    private AnonymousFilesystem(Vfs vfs, String type) {
        super(vfs);
        this.type = type;
        this.root = new AnonymousInode(this, 1, new NewInode(S_IFDIR | 0555, 0, 0, 0, "", 0), "");
    }

    private static AnonymousFilesystem of(Vfs vfs, String type) {
        return vfs.internal(
                AnonymousFilesystem.class, type, () -> new AnonymousFilesystem(vfs, type));
    }

    /** sockfs, whose root holds what the sockets of the kernel share. */
    public static AnonymousFilesystem sockets(Vfs vfs) {
        return of(vfs, SOCKETS);
    }

    /** For pipe(2). */
    public static Inode newPipe(Vfs vfs, Caller caller) {
        return of(vfs, PIPES).inode(caller, S_IFIFO | 0600, "pipe:");
    }

    /** For socket(2). */
    public static Inode newSocket(Vfs vfs, Caller caller) {
        return of(vfs, SOCKETS).inode(caller, S_IFSOCK | 0777, "socket:");
    }

    /**
     * For everything else. Unlike Linux, where all share one inode.
     *
     * @param kind as /proc/pid/fd shows it: {@code [eventfd]}
     */
    public static AnonymousInode newOther(Vfs vfs, Caller caller, String kind) {
        return of(vfs, OTHERS).inode(caller, 0600, "anon_inode:" + kind);
    }

    private AnonymousInode inode(Caller caller, int mode, String label) {
        NewInode what =
                new NewInode(
                        mode,
                        caller.credentials().fsuid(),
                        caller.credentials().fsgid(),
                        0,
                        "",
                        caller.realtimeClock().now());
        return new AnonymousInode(this, lastIno.incrementAndGet(), what, label);
    }

    /** Held while one epoll instance is put into another. */
    public RankedLock nestingLock() {
        return nestingLock;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public long magic() {
        return switch (type) {
            case PIPES -> PIPEFS_MAGIC;
            case SOCKETS -> SOCKFS_MAGIC;
            default -> ANON_INODE_FS_MAGIC;
        };
    }

    @Override
    public Inode root() {
        return root;
    }

    @BeforeSave
    private void freeze() {
        savedLastIno = lastIno.get();
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        lastIno.set(savedLastIno);
    }
}
