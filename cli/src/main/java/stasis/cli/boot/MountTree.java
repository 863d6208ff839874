package stasis.cli.boot;

import static stasis.abi.Errno.EEXIST;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Mount;
import stasis.abi.SyscallException;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.oci.Spec;
import stasis.cli.oci.Spec.MountSpec;
import stasis.kernel.BootCaller;
import stasis.kernel.Kernel;
import stasis.kernel.fs.dev.DeviceTree;
import stasis.kernel.fs.overlay.Overlay;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.task.Machine;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FilesystemType;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.MountNamespace;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.Vfs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A container's mounts: its root, an overlay over the bundle's, and what config.json lists. */
final class MountTree {
    private static final Map<String, Integer> FLAGS =
            Map.of(
                    "ro", Mount.MS_RDONLY,
                    "nosuid", Mount.MS_NOSUID,
                    "nodev", Mount.MS_NODEV,
                    "noexec", Mount.MS_NOEXEC,
                    "noatime", Mount.MS_NOATIME,
                    "nodiratime", Mount.MS_NODIRATIME,
                    "relatime", Mount.MS_RELATIME);

    /** Options of bind mounts, of mount(8), and of kernels with cgroups: they name no flag here. */
    private static final List<String> NO_DATA =
            List.of(
                    "rw",
                    "suid",
                    "dev",
                    "exec",
                    "bind",
                    "rbind",
                    "private",
                    "rprivate",
                    "shared",
                    "rshared",
                    "slave",
                    "rslave",
                    "unbindable",
                    "runbindable",
                    "strictatime",
                    "newinstance",
                    "defaults");

    private final Kernel kernel;
    private final Machine machine;
    private final Vfs vfs;
    private final BootCaller caller;
    private final Exports exports;
    private final List<String> notes = new ArrayList<>();

    MountTree(Kernel kernel, Exports exports) {
        this.kernel = kernel;
        this.machine = kernel.machine();
        this.vfs = machine.vfs();
        this.caller = new BootCaller(machine);
        this.exports = exports;
    }

    /** Things that config.json asks for and that are not done. */
    List<String> notes() {
        return notes;
    }

    /** The root and working directory of the container's first process. */
    FsContext build(Spec spec) throws Failure {
        try {
            Filesystem root = new Overlay(vfs, machine.memory(), exports.root(kernel).root());
            MountNamespace namespace = vfs.newNamespace(root, 0, "overlay");
            Path top = namespace.root();
            FsContext fs = new FsContext(top, top, 0);
            for (MountSpec m : spec.mounts()) mount(fs, m);
            for (String path : spec.maskedPaths()) mask(fs, path);
            if (spec.rootReadonly()) vfs.mounts().remount(top, Mount.MS_RDONLY);
            fs.setUmask(022);
            return fs;
        } catch (SyscallException e) {
            throw new Failure(
                    ExitCode.SANDBOX, "cannot mount the root " + spec.root() + ": " + text(e), e);
        }
    }

    private void mount(FsContext fs, MountSpec m) throws Failure {
        try {
            int flags = 0;
            List<String> data = new ArrayList<>();
            for (String option : m.options()) {
                Integer flag = FLAGS.get(option);
                if (flag != null) flags |= flag;
                else if (!NO_DATA.contains(option)) data.add(option);
            }
            Filesystem filesystem = make(m, String.join(",", data));
            if (filesystem == null) return;
            Path at = place(fs, m.destination(), filesystem.root().isDirectory());
            vfs.mounts().mount(at, filesystem, flags, m.source().isEmpty() ? "none" : m.source());
        } catch (SyscallException e) {
            throw new Failure(
                    ExitCode.SANDBOX,
                    "cannot mount " + m.type() + " on " + m.destination() + ": " + text(e),
                    e);
        }
    }

    private @org.jspecify.annotations.Nullable Filesystem make(MountSpec m, String data)
            throws SyscallException {
        if (m.isBind()) return exports.bind(kernel, m);
        String type = m.type().equals("mqueue") ? "tmpfs" : m.type();
        FilesystemType known = vfs.filesystemType(type);
        if (known == null) {
            notes.add("mount of " + m.type() + " on " + m.destination() + " left out");
            return null;
        }
        Filesystem made = known.make(caller, m.source(), type.equals("proc") ? "" : data);
        if (m.destination().equals("/dev") && made instanceof Tmpfs dev) {
            new DeviceTree(dev, machine.realtime().now()).fill();
        }
        return made;
    }

    /** Masked files are seen as empty ones, masked folders as empty folders. */
    private void mask(FsContext fs, String path) throws SyscallException {
        Path at;
        try {
            at = vfs.resolve(caller, fs, fs.root(), path, true);
        } catch (ErrnoException e) {
            return; // not there: nothing to mask
        }
        if (!at.isDirectory()) return; // /proc/kcore and the like do not exist in a sandbox
        FilesystemType type = vfs.filesystemType("tmpfs");
        if (type == null) return;
        vfs.mounts().mount(at, type.make(caller, "tmpfs", "size=0,mode=555"), 1, "tmpfs");
    }

    /** The mount point, made if it is not there. */
    private Path place(FsContext fs, String path, boolean directory) throws ErrnoException {
        StringBuilder soFar = new StringBuilder();
        String[] names = path.split("/");
        for (int i = 0; i < names.length; i++) {
            if (names[i].isEmpty()) continue;
            soFar.append('/').append(names[i]);
            boolean last = i == names.length - 1;
            try {
                if (last && !directory) {
                    vfs.changes(caller, fs).mknod(fs.root(), soFar.toString(), 0100644, 0);
                } else {
                    vfs.changes(caller, fs).mkdir(fs.root(), soFar.toString(), 0755);
                }
            } catch (ErrnoException e) {
                if (e.errno() != EEXIST) throw e;
            }
        }
        return vfs.resolve(caller, fs, fs.root(), path, true);
    }

    static String text(Exception e) {
        if (e instanceof ErrnoException x) return describe(x.errno());
        return String.valueOf(e.getMessage());
    }

    static String describe(Errno errno) {
        return switch (errno) {
            case ENOENT -> "no such file or directory";
            case EACCES -> "permission denied";
            case ENOTDIR -> "not a directory";
            case EISDIR -> "is a directory";
            case ENOEXEC -> "exec format error";
            case ELOOP -> "too many levels of symbolic links";
            default -> errno.toString();
        };
    }
}
