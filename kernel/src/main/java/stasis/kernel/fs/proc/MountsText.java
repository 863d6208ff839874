package stasis.kernel.fs.proc;

import static stasis.abi.Mount.MS_NOATIME;
import static stasis.abi.Mount.MS_NODEV;
import static stasis.abi.Mount.MS_NODIRATIME;
import static stasis.abi.Mount.MS_NOEXEC;
import static stasis.abi.Mount.MS_NOSUID;
import static stasis.abi.Mount.MS_RDONLY;

import stasis.abi.DeviceNumber;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Dentry;
import stasis.kernel.vfs.Mount;
import stasis.kernel.vfs.MountNamespace;
import stasis.kernel.vfs.Path;

import java.util.List;

/** {@code /proc/pid/mounts} and {@code mountinfo}. */
final class MountsText {
    private MountsText() {}

    private static List<Mount> list(Task task) {
        MountNamespace namespace = task.fs().root().mount().namespace();
        return namespace == null ? List.of() : task.vfs().mounts().list(namespace);
    }

    static String mounts(Task task) {
        StringBuilder out = new StringBuilder();
        for (Mount m : list(task)) {
            String at = place(task, m);
            if (at.startsWith("(")) continue;
            out.append(escape(m.source())).append(' ').append(escape(at)).append(' ');
            out.append(m.filesystem().type()).append(' ').append(options(m));
            out.append(m.filesystem().options()).append(" 0 0\n");
        }
        return out.toString();
    }

    static String mountinfo(Task task) {
        StringBuilder out = new StringBuilder();
        for (Mount m : list(task)) {
            String at = place(task, m);
            if (at.startsWith("(")) continue;
            Path up = m.at();
            long dev = m.filesystem().device();
            out.append(m.id()).append(' ').append(up == null ? 0 : up.mount().id()).append(' ');
            out.append(DeviceNumber.major(dev)).append(':').append(DeviceNumber.minor(dev));
            out.append(' ').append(escape(within(m.root()))).append(' ').append(escape(at));
            out.append(' ').append(options(m)).append(" - ").append(m.filesystem().type());
            out.append(' ').append(escape(m.source())).append(' ');
            out.append(m.has(MS_RDONLY) ? "ro" : "rw").append(m.filesystem().options());
            out.append('\n');
        }
        return out.toString();
    }

    private static String place(Task task, Mount mount) {
        return task.vfs().pathOf(task.fs(), new Path(mount, mount.root()));
    }

    /** Of a bind mount: which part of the file system it shows. */
    private static String within(Dentry root) {
        StringBuilder path = new StringBuilder();
        Dentry d = root;
        for (Dentry up = d.parent(); up != null; up = d.parent()) {
            path.insert(0, "/" + d.name());
            d = up;
        }
        return path.isEmpty() ? "/" : path.toString();
    }

    private static String options(Mount m) {
        StringBuilder out = new StringBuilder(m.has(MS_RDONLY) ? "ro" : "rw");
        if (m.has(MS_NOSUID)) out.append(",nosuid");
        if (m.has(MS_NODEV)) out.append(",nodev");
        if (m.has(MS_NOEXEC)) out.append(",noexec");
        if (m.has(MS_NOATIME)) out.append(",noatime");
        else out.append(m.has(MS_NODIRATIME) ? ",nodiratime" : ",relatime");
        return out.toString();
    }

    private static String escape(String text) {
        return text.replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("\n", "\\012");
    }
}
