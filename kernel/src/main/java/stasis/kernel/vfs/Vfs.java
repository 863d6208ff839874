package stasis.kernel.vfs;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.ENOTDIR;
import static stasis.abi.Fcntl.X_OK;
import static stasis.abi.Mount.MS_NOEXEC;
import static stasis.abi.StatMode.S_IFIFO;

import org.jspecify.annotations.Nullable;

import stasis.abi.DeviceNumber;
import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The virtual file system of one kernel: every name is looked up, created and removed through it,
 * under one lock. Reading and writing of open files does not come here.
 *
 * <p>A {@code base} is where a relative path starts: the working directory, or the directory behind
 * a descriptor.
 */
@Saved("vfs.Vfs")
public final class Vfs {
    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.VFS);

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock numbers = new RankedLock(LockRank.FILE);

    /** Minor device number of the next file system. Guarded by {@link #numbers}. */
    private int nextDevice = 1;

    /** Guarded by {@link #lock}. */
    private int nextMountId = 1;

    /** By {@link #deviceKey}. Filled before the first task runs, then only read. */
    private Map<String, Device> devices = new LinkedHashMap<>();

    /** By name. Filled before the first task runs, then only read. */
    private Map<String, FilesystemType> types = new LinkedHashMap<>();

    /** Set before the first task runs. */
    private @Nullable UnnamedFiles unnamed;

    /** Mounted nowhere by the kernel itself (pipefs), by type. Guarded by {@link #lock}. */
    private Map<String, Filesystem> internals = new LinkedHashMap<>();

    /** Where files without a place in any tree seem to be mounted. Made when first needed. */
    private @Nullable Mount nowhere;

    public Vfs() {}

    RankedLock lock() {
        return lock;
    }

    long newDevice() {
        try (var _ = numbers.hold()) {
            return DeviceNumber.of(0, nextDevice++);
        }
    }

    // ---- special files ----

    private static String deviceKey(int type, long rdev) {
        return type + ":" + (type == S_IFIFO ? 0 : rdev);
    }

    /** From now on {@code device} opens special files of this type (S_IFCHR...) and number. */
    public void register(int type, long rdev, Device device) {
        devices.put(deviceKey(type, rdev), device);
    }

    public @Nullable Device device(int type, long rdev) {
        return devices.get(deviceKey(type, rdev));
    }

    /** From now on mount(2) knows this type. */
    public void register(FilesystemType type) {
        types.put(type.name(), type);
    }

    public @Nullable FilesystemType filesystemType(String name) {
        return types.get(name);
    }

    public List<FilesystemType> filesystemTypes() {
        return List.copyOf(types.values());
    }

    public UnnamedFiles unnamedFiles() {
        UnnamedFiles files = unnamed;
        if (files == null) throw new IllegalStateException("no file system for unnamed files");
        return files;
    }

    public void setUnnamedFiles(UnnamedFiles files) {
        unnamed = files;
    }

    /**
     * The one instance of a file system that the kernel itself needs, made when first asked for.
     */
    public <T extends Filesystem> T internal(Class<T> kind, String type, Supplier<T> make) {
        try (var _ = lock.hold()) {
            Filesystem known = internals.get(type);
            if (known == null) {
                known = make.get();
                internals.put(type, known);
            }
            return kind.cast(known);
        }
    }

    // ---- mounts ----

    Mount newMount(Filesystem filesystem, Dentry root, int flags, String source) {
        return new Mount(nextMountId++, filesystem, root, flags, source);
    }

    /** A namespace of its own whose "/" is {@code filesystem}. */
    public MountNamespace newNamespace(Filesystem filesystem, int flags, String source) {
        Dentry top = Dentry.root(filesystem.root());
        try (var _ = lock.hold()) {
            return new MountNamespace(newMount(filesystem, top, flags, source));
        }
    }

    /** What mount(2) and umount(2) are made of. */
    public MountTable mounts() {
        return new MountTable(this);
    }

    /**
     * A place for a file that has none (a pipe behind /proc/pid/fd): nobody finds it by walking,
     * but it can be opened and asked for its attributes.
     */
    public Path nowhere(Inode inode) {
        Mount mount = nowhere;
        if (mount == null) {
            Filesystem fs = inode.filesystem();
            mount = new Mount(0, fs, Dentry.root(inode), 0, "none");
            nowhere = mount;
        }
        return new Path(mount, Dentry.root(inode));
    }

    // ---- looking up ----

    /** The place that {@code path} names. */
    public Path resolve(Caller caller, FsContext fs, Path base, String path, boolean follow)
            throws ErrnoException {
        PathWalk.Last mode = follow ? PathWalk.Last.FOLLOW : PathWalk.Last.NOFOLLOW;
        try (var _ = lock.hold()) {
            return walkLocked(caller, fs, base, path, mode).required();
        }
    }

    Walked walkLocked(Caller caller, FsContext fs, Path base, String path, PathWalk.Last mode)
            throws ErrnoException {
        return new PathWalk(caller, fs.root(), base, 0).walk(path, mode);
    }

    /** open(2) and its family. The description has one reference: the caller's. */
    public FileDescription open(Caller caller, FsContext fs, Path base, String path, OpenHow how)
            throws SyscallException {
        return new Opening(this, caller, fs, how).open(base, path);
    }

    /**
     * What execve(2) reads: a regular file that may be executed, open for reading. The description
     * has one reference: the caller's.
     */
    public FileDescription openForExec(
            Caller caller, FsContext fs, Path base, String path, boolean follow)
            throws SyscallException {
        return openForExec(caller, resolve(caller, fs, base, path, follow));
    }

    /** The same of a place that is known, execveat(2). */
    public FileDescription openForExec(Caller caller, Path place) throws SyscallException {
        Inode inode = place.inode();
        if (!inode.isRegular() || place.mount().has(MS_NOEXEC)) throw EACCES.exception();
        inode.checkAccess(caller.credentials(), X_OK);
        return new FileDescription(inode.open(caller, 0), 0, place);
    }

    /** Opens a place that is known, whatever its permissions: for the kernel itself. */
    public FileDescription openPlace(Caller caller, Path place, int flags) throws SyscallException {
        return new FileDescription(place.inode().open(caller, flags), flags, place);
    }

    /** A directory that may be entered: chdir(2), chroot(2). */
    public void checkEnter(Caller caller, Path path) throws ErrnoException {
        if (!path.isDirectory()) throw ENOTDIR.exception();
        path.inode().checkAccess(caller.credentials(), X_OK);
    }

    /**
     * getdents(2): the entries of an open directory after its position, until {@code sink} is full.
     */
    public void list(Caller caller, FileDescription file, DirectorySink sink)
            throws ErrnoException {
        Path path = file.path();
        if (!(file.impl() instanceof DirectoryFile directory) || path == null) {
            throw ENOTDIR.exception();
        }
        try (var _ = lock.hold()) {
            long[] position = {file.position()};
            directory.list(
                    caller,
                    path,
                    position[0],
                    (name, ino, mode, next) -> {
                        if (!sink.entry(name, ino, mode, next)) return false;
                        position[0] = next;
                        return true;
                    });
            file.setPosition(position[0]);
        }
        file.inode().accessed(caller);
    }

    /** readlink(2) of the link itself. */
    public String readlink(Caller caller, Path link) throws ErrnoException {
        try (var _ = lock.hold()) {
            return link.inode().readlink(caller);
        }
    }

    /** Names from {@code fs}'s root to {@code path}, as in getcwd(2) and /proc. */
    public String pathOf(FsContext fs, Path path) {
        try (var _ = lock.hold()) {
            return pathOfLocked(fs.root(), path);
        }
    }

    /** As {@link #pathOf}, for who holds the lock (file systems that show paths). */
    public String pathOfLocked(Path root, Path path) {
        return new PathText(root, path).text();
    }

    /** True if {@code path} can no longer be found by its name. */
    public boolean isDeleted(Path path) {
        try (var _ = lock.hold()) {
            return path.dentry().unlinked();
        }
    }

    // ---- changing names ----

    public NameChanges changes(Caller caller, FsContext fs) {
        return new NameChanges(this, caller, fs);
    }

    public AttributeRules attributes(Caller caller) {
        return new AttributeRules(caller);
    }

    /**
     * access(2). Unlike Linux, the directories on the way were searched with the effective ids.
     *
     * @param wanted R_OK and so on; 0 (F_OK) asks for nothing
     * @param effective AT_EACCESS: as open(2) would look at it
     */
    public void access(Caller caller, Path path, int wanted, boolean effective)
            throws ErrnoException {
        Inode inode = path.inode();
        boolean writing = (wanted & 2) != 0;
        if (writing && (inode.isRegular() || inode.isDirectory() || inode.isSymlink())) {
            path.mount().checkWritable();
        }
        boolean executing = (wanted & X_OK) != 0;
        if (executing && inode.isRegular() && path.mount().has(MS_NOEXEC)) {
            throw EACCES.exception();
        }
        Credentials who = caller.credentials();
        if (wanted != 0) inode.checkAccess(effective ? who : who.forAccess(), wanted);
    }
}
