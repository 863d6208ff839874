package stasis.kernel.fs.tmpfs;

import static stasis.abi.StatMode.S_IFREG;

import stasis.kernel.caller.Caller;
import stasis.kernel.mem.FilePages;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.UnnamedFiles;
import stasis.kernel.vfs.Vfs;
import stasis.state.Saved;

/** Files without names: memfd_create(2), System V shared memory. Like Linux's shm_mnt. */
@Saved("tmpfs.Memfds")
public final class Memfds implements UnnamedFiles {
    /** Mounted nowhere. */
    private Tmpfs filesystem;

    @SuppressWarnings("NullAway.Init")
    private Memfds() {}

    public Memfds(Vfs vfs, GuestMemory memory) {
        this.filesystem = new Tmpfs(vfs, memory, "tmpfs", PageBudget.UNLIMITED, 0777, 0);
    }

    /** /proc shows it as {@code /memfd:name (deleted)}. */
    @Override
    public RegularFile create(Caller caller, String name, boolean sealable) {
        NewInode what =
                new NewInode(
                        S_IFREG | 0777,
                        caller.credentials().fsuid(),
                        caller.credentials().fsgid(),
                        0,
                        "",
                        caller.realtimeClock().now());
        FilePages pages = new FilePages(filesystem.memory(), filesystem.budget());
        return RegularFile.memfd(filesystem, filesystem.newIno(), what, pages, name, sealable);
    }
}
