package stasis.cli.boot;

import static stasis.abi.Errno.EEXIST;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOTDIR;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Fcntl;
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
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FilesystemType;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.MountNamespace;
import stasis.kernel.vfs.OpenHow;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.Vfs;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A container's mounts: its root, an overlay over the bundle's, and what config.json lists. */
final class MountTree {
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
            spec.sysctl().forEach((name, value) -> sysctl(fs, name, value));
            for (String path : spec.readonlyPaths()) makeReadonly(fs, path);
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
        MountOptions options = MountOptions.of(m);
        try {
            Filesystem filesystem = make(m, options.data());
            if (filesystem == null) return;
            Path at = place(fs, m.destination(), filesystem.root().isDirectory());
            String source = m.source().isEmpty() ? "none" : m.source();
            vfs.mounts().mount(at, filesystem, options.flags(), source);
            if (!options.copyUp()) return;
            Path top = vfs.resolve(caller, fs, fs.root(), m.destination(), true);
            new CopyUp(vfs, caller, fs).copy(at, top);
        } catch (SyscallException e) {
            throw cannotMount(m, options.data(), e);
        }
    }

    private static Failure cannotMount(MountSpec m, String data, SyscallException e) {
        String line = "cannot mount " + m.type() + " on " + m.destination() + ": ";
        boolean wrong = e instanceof ErrnoException x && x.errno() == EINVAL && !data.isEmpty();
        return new Failure(
                ExitCode.SANDBOX,
                line + (wrong ? "an option is unknown or wrong: " + data : text(e)),
                e);
    }

    private @Nullable Filesystem make(MountSpec m, String data) throws SyscallException {
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

    /** sysctl(8). */
    private void sysctl(FsContext fs, String name, String value) {
        String path = "/proc/sys/" + name.replace('.', '/');
        byte[] text = (value + "\n").getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            OpenHow how = OpenHow.of(Fcntl.O_WRONLY, 0);
            FileDescription file = vfs.open(caller, fs, fs.root(), path, how);
            try {
                file.write(caller, arena.allocateFrom(JAVA_BYTE, text), 0, text.length);
            } finally {
                file.release(caller);
            }
        } catch (SyscallException e) {
            notes.add("linux.sysctl: " + name + " is not set: " + text(e));
        }
    }

    /** Masked files are seen as /dev/null, masked folders as empty folders. */
    private void mask(FsContext fs, String path) throws SyscallException {
        Path at = ifThere(fs, path);
        if (at == null) return; // /proc/kcore and the like do not exist in a sandbox
        if (at.isDirectory()) {
            FilesystemType type = vfs.filesystemType("tmpfs");
            if (type == null) return;
            Filesystem empty = type.make(caller, "tmpfs", "size=0,mode=555");
            vfs.mounts().mount(at, empty, Mount.MS_RDONLY, "tmpfs");
            return;
        }
        Path nothing = ifThere(fs, "/dev/null");
        if (nothing == null) notes.add("masked path " + path + " left as it is: no /dev/null");
        else vfs.mounts().bind(nothing, at, false);
    }

    /** A second view of what is there, which nobody can write to. */
    private void makeReadonly(FsContext fs, String path) throws SyscallException {
        Path at = ifThere(fs, path);
        if (at == null) return;
        int flags = at.mount().flags();
        vfs.mounts().bind(at, at, true);
        Path view = vfs.resolve(caller, fs, fs.root(), path, true);
        vfs.mounts().remount(view, flags | Mount.MS_RDONLY);
    }

    private @Nullable Path ifThere(FsContext fs, String path) throws SyscallException {
        try {
            return vfs.resolve(caller, fs, fs.root(), path, true);
        } catch (ErrnoException e) {
            if (e.errno() == ENOENT || e.errno() == ENOTDIR) return null;
            throw e;
        }
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
