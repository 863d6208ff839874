package stasis.kernel.fs.tmpfs;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.StatMode.S_IFDIR;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FilesystemType;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.Vfs;
import stasis.state.Saved;

/**
 * mount(2) of tmpfs with its options: size, nr_blocks, mode, uid, gid. Unlike Linux, nr_inodes and
 * the huge page and memory policy options are taken without effect.
 */
@Saved("tmpfs.TmpfsType")
public final class TmpfsType implements FilesystemType {
    private Vfs vfs;
    private GuestMemory memory;
    private String name;

    @SuppressWarnings("NullAway.Init")
    private TmpfsType() {}

    /**
     * @param name tmpfs, or another name for the same (ramfs, devtmpfs)
     */
    public TmpfsType(Vfs vfs, GuestMemory memory, String name) {
        this.vfs = vfs;
        this.memory = memory;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Filesystem make(Caller caller, String source, String options) throws ErrnoException {
        int mode = 01777;
        int uid = caller.credentials().fsuid();
        int gid = caller.credentials().fsgid();
        long pages = name.equals("ramfs") ? PageBudget.UNLIMITED : memory.totalPages() / 2;
        for (String option : options.split(",")) {
            int eq = option.indexOf('=');
            String key = eq < 0 ? option : option.substring(0, eq);
            String value = eq < 0 ? "" : option.substring(eq + 1);
            switch (key) {
                case "size" -> pages = limit(value, 1);
                case "nr_blocks" -> pages = limit(value, Pages.SIZE);
                case "mode" -> mode = (int) number(value, 8) & 07777;
                case "uid" -> uid = (int) number(value, 10);
                case "gid" -> gid = (int) number(value, 10);
                case "", "nr_inodes", "huge", "mpol", "inode32", "inode64", "noswap" -> {}
                default -> throw EINVAL.exception();
            }
        }
        long now = caller.realtimeClock().now();
        NewInode top = new NewInode(S_IFDIR | mode, uid, gid, 0, "", now);
        return new Tmpfs(vfs, memory, name, pages, top);
    }

    private long limit(String value, long unit) throws ErrnoException {
        if (value.endsWith("%")) {
            long percent = number(value.substring(0, value.length() - 1), 10);
            return memory.totalPages() * Math.min(percent, 100) / 100;
        }
        long bytes = sized(value);
        if (bytes > Long.MAX_VALUE / unit) throw EINVAL.exception();
        return bytes == 0 ? PageBudget.UNLIMITED : Pages.up(bytes * unit) >>> Pages.SHIFT;
    }

    private static long sized(String value) throws ErrnoException {
        if (value.isEmpty()) throw EINVAL.exception();
        int shift =
                switch (Character.toLowerCase(value.charAt(value.length() - 1))) {
                    case 'k' -> 10;
                    case 'm' -> 20;
                    case 'g' -> 30;
                    case 't' -> 40;
                    default -> 0;
                };
        String digits = shift == 0 ? value : value.substring(0, value.length() - 1);
        long n = number(digits, 10);
        if (n > Long.MAX_VALUE >> shift + 1) throw EINVAL.exception();
        return n << shift;
    }

    private static long number(String text, int radix) throws ErrnoException {
        try {
            long n = Long.parseLong(text, radix);
            if (n >= 0) return n;
        } catch (NumberFormatException e) {
            throw EINVAL.exception();
        }
        throw EINVAL.exception();
    }
}
