package stasis.kernel.syscall.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ERANGE;
import static stasis.abi.Errno.EXDEV;
import static stasis.abi.Fcntl.AT_EMPTY_PATH;
import static stasis.abi.Fcntl.AT_FDCWD;
import static stasis.abi.Fcntl.FD_CLOEXEC;
import static stasis.abi.Fcntl.F_DUPFD_CLOEXEC;
import static stasis.abi.Fcntl.F_GETFD;
import static stasis.abi.Fcntl.F_GETFL;
import static stasis.abi.Fcntl.F_SETFL;
import static stasis.abi.Fcntl.F_SETLK;
import static stasis.abi.Fcntl.F_WRLCK;
import static stasis.abi.Fcntl.O_APPEND;
import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_DIRECTORY;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.RESOLVE_BENEATH;
import static stasis.abi.Fcntl.SEEK_END;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLNVAL;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.abi.ErrnoException;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.RecordLock;

/** The calls about files, from argument registers to results. */
class FileSyscallsTest {
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int OPEN = 2;
    private static final int CLOSE = 3;
    private static final int POLL = 7;
    private static final int LSEEK = 8;
    private static final int PREAD = 17;
    private static final int READV = 19;
    private static final int SELECT = 23;
    private static final int DUP2 = 33;
    private static final int SENDFILE = 40;
    private static final int FCNTL = 72;
    private static final int GETCWD = 79;
    private static final int MKDIR = 83;
    private static final int FCHDIR = 81;
    private static final int SETXATTR = 188;
    private static final int GETXATTR = 191;
    private static final int GETDENTS64 = 217;
    private static final int NEWFSTATAT = 262;
    private static final int UTIMENSAT = 280;
    private static final int MEMFD_CREATE = 319;
    private static final int COPY_FILE_RANGE = 326;
    private static final int STATX = 332;
    private static final int CLOSE_RANGE = 436;
    private static final int OPENAT2 = 437;

    private final Calls c;
    private final long memory;

    FileSyscallsTest() throws Exception {
        c = new Calls();
        memory = c.memory;
    }

    private long file(String path, String text) throws Exception {
        c.tree.write(path, text).release(c.tree.caller);
        return c.call(OPEN, path, O_RDWR, 0);
    }

    @Test
    void readStopsAtTheLastMappedByte() throws Exception {
        long fd = file("/f", "x".repeat(5000));
        long end = memory + Calls.MAPPED;
        assertEquals(100, c.call(READ, fd, end - 100, 200));
        assertEquals(100, c.call(LSEEK, fd, 0, 1));
        assertErrno(EFAULT, () -> c.call(READ, fd, end, 10));
        assertEquals(100, c.call(LSEEK, fd, 0, 1));
        assertEquals(4900, c.call(READ, fd, memory, 10000));
        assertEquals(0, c.call(READ, fd, memory, 10));
    }

    @Test
    void writeStopsAtTheLastMappedByte() throws Exception {
        long fd = file("/f", "");
        long end = memory + Calls.MAPPED;
        assertEquals(4196, c.call(WRITE, fd, end - 4196, 9000));
        assertErrno(EFAULT, () -> c.call(WRITE, fd, end, 1));
        assertEquals(4196, c.call(LSEEK, fd, 0, SEEK_END));
    }

    @Test
    void appendingWritesAtTheEndAndStaysThere() throws Exception {
        long fd = file("/f", "abc");
        c.call(FCNTL, fd, F_SETFL, O_APPEND);
        c.task.memory().writeInt(memory, 0x64646464);
        assertEquals(4, c.call(WRITE, fd, memory, 4));
        assertEquals(7, c.call(LSEEK, fd, 0, 1));
        assertEquals("abcdddd", c.tree.read("/f"));
    }

    @Test
    void vectorsAreFilledInOrder() throws Exception {
        long fd = file("/f", "abcdef");
        long[] iov = {memory + 100, 2, memory + 200, 0, memory + 300, 10};
        for (int i = 0; i < iov.length; i++) c.task.memory().writeLong(memory + 8L * i, iov[i]);
        assertEquals(6, c.call(READV, fd, memory, 3));
        assertEquals("ab", c.text(memory + 100, 2));
        assertEquals("cdef", c.text(memory + 300, 4));
        assertErrno(EINVAL, () -> c.call(READV, fd, memory, 1025));
    }

    @Test
    void descriptorsCarryTheirOwnFlags() throws Exception {
        long fd = file("/f", "");
        long copy = c.call(FCNTL, fd, F_DUPFD_CLOEXEC, 10);
        assertEquals(10, copy);
        assertEquals(FD_CLOEXEC, c.call(FCNTL, copy, F_GETFD));
        assertEquals(0, c.call(FCNTL, fd, F_GETFD));
        c.call(FCNTL, fd, F_SETFL, O_NONBLOCK | O_APPEND | O_CREAT);
        assertEquals(O_RDWR | 0x8000 | O_NONBLOCK | O_APPEND, c.call(FCNTL, copy, F_GETFL));
        c.call(DUP2, fd, 12);
        c.call(CLOSE_RANGE, 10, 12, 0);
        assertErrno(EBADF, () -> c.call(CLOSE, 12));
        c.call(CLOSE, fd);
    }

    @Test
    void pathDescriptorsAreOnlyPlaces() throws Exception {
        file("/f", "x");
        long fd = c.call(OPEN, "/f", O_PATH, 0);
        assertErrno(EBADF, () -> c.call(READ, fd, memory, 1));
        c.call(NEWFSTATAT, fd, "", memory, AT_EMPTY_PATH);
        assertEquals(1, c.task.memory().readLong(memory + 48));
    }

    @Test
    void statxAndStatAgree() throws Exception {
        file("/f", "12345");
        c.call(NEWFSTATAT, AT_FDCWD, "/f", memory, 0);
        c.call(STATX, AT_FDCWD, "/f", 0, 0x7ff, memory + 1024);
        assertEquals(5, c.task.memory().readLong(memory + 1024 + 40));
        assertEquals(
                c.task.memory().readLong(memory + 8), c.task.memory().readLong(memory + 1024 + 32));
        assertEquals(0100644, c.task.memory().readInt(memory + 24));
    }

    @Test
    void directoriesAreListedInPieces() throws Exception {
        for (int i = 0; i < 5; i++) file("/f" + i, "");
        long fd = c.call(OPEN, "/", O_DIRECTORY, 0);
        int names = 0;
        for (long n; (n = c.call(GETDENTS64, fd, memory, 64)) > 0; ) {
            for (long at = 0; at < n; at += c.task.memory().readShort(memory + at + 16)) names++;
        }
        assertEquals(2 + 5 + 1, names);
        c.call(LSEEK, fd, 0, 0);
        assertErrno(EINVAL, () -> c.call(GETDENTS64, fd, memory, 10));
    }

    @Test
    void theWorkingDirectoryIsWherePathsStart() throws Exception {
        c.call(MKDIR, "/d", 0755);
        c.call(FCHDIR, c.call(OPEN, "/d", O_DIRECTORY, 0));
        assertEquals(3, c.call(GETCWD, memory, 100));
        assertEquals("/d\0", c.text(memory, 3));
        assertErrno(ERANGE, () -> c.call(GETCWD, memory, 2));
        c.call(OPEN, "f", O_RDWR | O_CREAT, 0600);
        c.tree.at("/d/f");
    }

    @Test
    void openat2KeepsBeneathItsDirectory() throws Exception {
        c.call(MKDIR, "/d", 0755);
        long dir = c.call(OPEN, "/d", O_DIRECTORY, 0);
        for (int i = 0; i < 3; i++) c.task.memory().writeLong(memory + 8L * i, 0);
        c.task.memory().writeLong(memory + 16, RESOLVE_BENEATH);
        assertErrno(EXDEV, () -> c.call(OPENAT2, dir, "../prog", memory, 24));
        assertErrno(EXDEV, () -> c.call(OPENAT2, dir, "/prog", memory, 24));
        c.task.memory().writeLong(memory + 8, 0777);
        assertErrno(EINVAL, () -> c.call(OPENAT2, dir, "x", memory, 24));
        assertErrno(EINVAL, () -> c.call(OPENAT2, dir, "x", memory, 23));
    }

    @Test
    void pollTellsOfClosedDescriptorsAtOnce() throws Exception {
        long fd = file("/f", "");
        c.task.memory().writeInt(memory, (int) fd);
        c.task.memory().writeInt(memory + 4, POLLIN);
        c.task.memory().writeInt(memory + 8, 999);
        c.task.memory().writeInt(memory + 12, POLLIN);
        assertEquals(2, c.call(POLL, memory, 2, -1));
        assertEquals(POLLIN, c.task.memory().readShort(memory + 6));
        assertEquals(POLLNVAL, c.task.memory().readShort(memory + 14));
    }

    @Test
    void selectLeavesWhatIsReady() throws Exception {
        long fd = file("/f", "");
        c.task.memory().writeLong(memory, 1L << fd);
        c.task.memory().writeLong(memory + 8, 0);
        assertEquals(1, c.call(SELECT, fd + 1, memory, 0, 0, 0));
        assertEquals(1L << fd, c.task.memory().readLong(memory));
        c.task.memory().writeLong(memory, 1L << 40);
        assertErrno(EBADF, () -> c.call(SELECT, 41, memory, 0, 0, 0));
    }

    @Test
    void filesAreCopiedWithoutTheProgramsMemory() throws Exception {
        long from = file("/from", "0123456789");
        long to = file("/to", "");
        c.task.memory().writeLong(memory, 4);
        assertEquals(6, c.call(SENDFILE, to, from, memory, 100));
        assertEquals(10, c.task.memory().readLong(memory));
        assertEquals("456789", c.tree.read("/to"));
        assertEquals(0, c.call(LSEEK, from, 0, 1));
        assertEquals(10, c.call(COPY_FILE_RANGE, from, 0, to, 0, 100, 0));
        assertEquals("4567890123456789", c.tree.read("/to"));
        assertErrno(EINVAL, () -> c.call(COPY_FILE_RANGE, to, 0, to, 0, 100, 1));
    }

    @Test
    void recordLocksComeFromTheArgument() throws Exception {
        long fd = file("/f", "0123456789");
        c.task.memory().zero(memory, 32);
        c.task.memory().writeShort(memory, F_WRLCK);
        c.task.memory().writeShort(memory + 2, SEEK_END);
        c.task.memory().writeLong(memory + 8, -2);
        c.call(FCNTL, fd, F_SETLK, memory);
        FileDescription file = c.task.fdTable().get((int) fd);
        RecordLock probe = new RecordLock(new FdTable(), false, 8, 8, 1);
        assertTrue(file.inode().locks().blocker(probe) != null);
        c.call(CLOSE, c.call(OPEN, "/f", 0, 0));
        assertNull(file.inode().locks().blocker(probe));
    }

    @Test
    void timesAreSetAndOmitted() throws Exception {
        file("/f", "");
        long[] times = {5, 6, 0, (1 << 30) - 2};
        for (int i = 0; i < 4; i++) c.task.memory().writeLong(memory + 8L * i, times[i]);
        long before = c.tree.at("/f").inode().stat().mtime();
        c.call(UTIMENSAT, AT_FDCWD, "/f", memory, 0);
        assertEquals(5_000_000_006L, c.tree.at("/f").inode().stat().atime());
        assertEquals(before, c.tree.at("/f").inode().stat().mtime());
        c.task.memory().writeLong(memory + 8, 1_000_000_000);
        assertErrno(EINVAL, () -> c.call(UTIMENSAT, AT_FDCWD, "/f", memory, 0));
    }

    @Test
    void extendedAttributesAreKept() throws Exception {
        file("/f", "");
        c.call(SETXATTR, "/f", "user.a", "value", 5, 0);
        assertEquals(5, c.call(GETXATTR, "/f", "user.a", 0, 0));
        assertEquals(5, c.call(GETXATTR, "/f", "user.a", memory, 10));
        assertEquals("value", c.text(memory, 5));
        assertErrno(ERANGE, () -> c.call(GETXATTR, "/f", "user.a", memory, 4));
    }

    @Test
    void aMemfdIsAFileWithoutAName() throws Exception {
        long fd = c.call(MEMFD_CREATE, "m", 0);
        c.task.memory().writeInt(memory, 0x21212121);
        c.call(WRITE, fd, memory, 4);
        assertEquals(4, c.call(PREAD, fd, memory + 10, 10, 0));
        c.call(CLOSE, fd);
        assertErrno(ENOENT, () -> c.tree.at("/m"));
    }

    @Test
    void emptyAndForeignPathsFail() {
        assertErrno(ENOENT, () -> c.call(OPEN, "", 0, 0));
        ErrnoException e =
                assertThrows(ErrnoException.class, () -> c.call(OPEN, memory + Calls.MAPPED, 0, 0));
        assertEquals(EFAULT, e.errno());
    }
}
