package stasis.kernel.fs.proc;

import stasis.abi.DeviceNumber;
import stasis.kernel.mm.Vma;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.Path;

import java.util.Locale;

/** {@code /proc/pid/maps} and {@code smaps}. */
final class MapsText {
    /** Where Linux puts the name, {@code fs/proc/task_mmu.c}. */
    private static final int NAME_COLUMN = 73;

    private MapsText() {}

    /**
     * @param sizes smaps: with what is known of each range's size. Unlike Linux, nothing is told of
     *     which pages are shared or dirty.
     */
    static String maps(Task task, boolean sizes) {
        StringBuilder out = new StringBuilder();
        for (Vma vma : task.mm().snapshotOfVmas()) {
            line(out, task, vma);
            if (!sizes) continue;
            long kib = (vma.end() - vma.start()) >> 10;
            out.append(String.format(Locale.ROOT, "Size:           %8d kB\n", kib));
            out.append("KernelPageSize:        4 kB\nMMUPageSize:           4 kB\n");
        }
        return out.toString();
    }

    private static void line(StringBuilder out, Task task, Vma vma) {
        int start = out.length();
        FileDescription file = vma.file();
        long dev = file == null ? 0 : file.inode().filesystem().device();
        long ino = file == null ? 0 : file.inode().ino();
        out.append(
                String.format(
                        Locale.ROOT,
                        "%08x-%08x %s%s%s%s %08x %02x:%02x %d ",
                        vma.start(),
                        vma.end(),
                        (vma.prot() & 1) != 0 ? "r" : "-",
                        (vma.prot() & 2) != 0 ? "w" : "-",
                        (vma.prot() & 4) != 0 ? "x" : "-",
                        vma.shared() ? "s" : "p",
                        file == null ? 0 : vma.offset(),
                        DeviceNumber.major(dev),
                        DeviceNumber.minor(dev),
                        ino));
        String name = file == null ? vma.name() : name(task, file);
        if (!name.isEmpty()) {
            while (out.length() - start < NAME_COLUMN) out.append(' ');
            out.append(name.replace("\n", "\\012"));
        }
        out.append('\n');
    }

    private static String name(Task task, FileDescription file) {
        Path path = file.path();
        Inode inode = file.inode();
        String description = inode.description();
        if (path == null || path.mount().id() == 0) return description == null ? "" : description;
        return task.vfs().pathOf(task.fs(), path);
    }
}
