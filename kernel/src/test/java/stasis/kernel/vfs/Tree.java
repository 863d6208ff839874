package stasis.kernel.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_RDWR;

import org.junit.jupiter.api.function.Executable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.FakeCaller;
import stasis.kernel.caller.FakeMemoryFile;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageBudget;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A namespace on a tmpfs and a caller in it, for tests. */
public final class Tree {
    public final FakeCaller caller = new FakeCaller();
    public final GuestMemory memory;
    public final Vfs vfs;
    public final FsContext fs;

    public Tree() {
        this(new GuestMemory(new FakeMemoryFile(16 << 20)), new Vfs());
    }

    private Tree(GuestMemory memory, Vfs vfs) {
        this(memory, vfs, new Tmpfs(vfs, memory, "tmpfs", PageBudget.UNLIMITED, 0755, 1));
    }

    public Tree(GuestMemory memory, Vfs vfs, Filesystem root) {
        this.memory = memory;
        this.vfs = vfs;
        Path top = vfs.newNamespace(root, 0, "none").root();
        this.fs = new FsContext(top, top, 022);
    }

    public static void assertErrno(Errno errno, Executable call) {
        assertEquals(errno, assertThrows(ErrnoException.class, call).errno());
    }

    public Path at(String path) throws ErrnoException {
        return vfs.resolve(caller, fs, fs.cwd(), path, true);
    }

    /** Where an open file is. */
    public static Path place(FileDescription file) {
        return java.util.Objects.requireNonNull(file.path());
    }

    public Path link(String path) throws ErrnoException {
        return vfs.resolve(caller, fs, fs.cwd(), path, false);
    }

    public NameChanges names() {
        return vfs.changes(caller, fs);
    }

    public void mkdir(String path) throws ErrnoException {
        names().mkdir(fs.cwd(), path, 0777);
    }

    public void symlink(String target, String path) throws ErrnoException {
        names().symlink(target, fs.cwd(), path);
    }

    public void unlink(String path) throws ErrnoException {
        names().unlink(fs.cwd(), path);
    }

    public void rename(String from, String to) throws ErrnoException {
        names().rename(fs.cwd(), from, fs.cwd(), to, false, false);
    }

    public FileDescription open(String path, int flags) throws SyscallException {
        return open(path, flags, 0);
    }

    public FileDescription open(String path, int flags, int resolve) throws SyscallException {
        int mode = (flags & O_CREAT) != 0 ? 0644 : 0;
        return vfs.open(caller, fs, fs.cwd(), path, new OpenHow(flags, mode, resolve));
    }

    public FileDescription write(String path, String text) throws SyscallException {
        FileDescription file = open(path, O_CREAT | O_RDWR);
        put(file, 0, text);
        return file;
    }

    public void put(FileDescription file, long at, String text) throws SyscallException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        file.writeAt(caller, MemorySegment.ofArray(bytes), 0, bytes.length, at);
    }

    public String read(String path) throws SyscallException {
        FileDescription file = open(path, 0);
        String text = text(file);
        file.release(caller);
        return text;
    }

    public String text(FileDescription file) throws SyscallException {
        byte[] bytes = new byte[1 << 16];
        long n = file.readAt(caller, MemorySegment.ofArray(bytes), 0, bytes.length, 0);
        return new String(bytes, 0, (int) n, StandardCharsets.ISO_8859_1);
    }

    /** Names in a directory, without the dots. */
    public List<String> list(String path) throws SyscallException {
        FileDescription directory = open(path, 0);
        List<String> names = new ArrayList<>();
        vfs.list(
                caller,
                directory,
                (name, _, _, _) -> {
                    if (!name.startsWith(".")) names.add(name);
                    return true;
                });
        directory.release(caller);
        return names;
    }
}
