package stasis.kernel.fs.tmpfs;

import static stasis.abi.StatMode.S_IFDIR;

import stasis.abi.Magic;
import stasis.arch.Pages;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.Vfs;
import stasis.state.Saved;

/** tmpfs(5). */
@Saved("tmpfs.Tmpfs")
public final class Tmpfs extends MemoryFilesystem {
    /** Never changes. */
    private MemoryDirectory root;

    /** As in /proc/filesystems: devtmpfs and sysfs are made of the same. */
    private String type;

    @SuppressWarnings("NullAway.Init")
    private Tmpfs() {}

    /**
     * @param mode permissions of the top
     * @param now guest CLOCK_REALTIME
     */
    public Tmpfs(Vfs vfs, GuestMemory memory, String type, long limitPages, int mode, long now) {
        this(vfs, memory, type, limitPages, new NewInode(S_IFDIR | mode, 0, 0, 0, "", now));
    }

    Tmpfs(Vfs vfs, GuestMemory memory, String type, long limitPages, NewInode top) {
        super(vfs, memory, new PageBudget(limitPages), 1);
        this.type = type;
        this.root = newDirectory(top);
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public long magic() {
        return type.equals("sysfs") ? Magic.SYSFS_MAGIC : Magic.TMPFS_MAGIC;
    }

    @Override
    public MemoryDirectory root() {
        return root;
    }

    @Override
    public String options() {
        long limit = budget().limit();
        String size =
                limit == PageBudget.UNLIMITED ? "" : ",size=" + (limit * Pages.SIZE >> 10) + "k";
        return size + ",mode=" + Integer.toOctalString(root.mode() & 07777);
    }
}
