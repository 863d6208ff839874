package stasis.kernel.vfs;

import stasis.arch.Pages;
import stasis.state.SavedKind;

/** One file system instance: a tree of inodes with a device number. May be mounted many times. */
@SavedKind
public abstract class Filesystem {
    /** Never changes. */
    private Vfs vfs;

    /** {@code st_dev} of everything in it. Never changes. */
    private long device;

    @SuppressWarnings("NullAway.Init")
    protected Filesystem() {}

    protected Filesystem(Vfs vfs) {
        this.vfs = vfs;
        this.device = vfs.newDevice();
    }

    public final Vfs vfs() {
        return vfs;
    }

    public final long device() {
        return device;
    }

    /** As in /proc/filesystems and the third column of /proc/mounts. */
    public abstract String type();

    /** {@code f_type} of statfs(2). */
    public abstract long magic();

    /** The top. The same every time. */
    public abstract Inode root();

    /** Options of its own for /proc/mounts, each preceded by a comma. */
    public String options() {
        return "";
    }

    public StatfsInfo statfs() {
        return new StatfsInfo(magic(), Pages.SIZE, 0, 0, 0, 0, 255);
    }
}
