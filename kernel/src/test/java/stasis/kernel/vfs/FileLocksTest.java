package stasis.kernel.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static stasis.abi.Errno.EAGAIN;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.abi.RestartException;

class FileLocksTest {
    private final Tree tree = new Tree();
    private final FdTable one = new FdTable();
    private final FdTable two = new FdTable();
    private final FileLocks locks = new FileLocks();

    private static RecordLock lock(FdTable owner, boolean exclusive, long start, long end) {
        return new RecordLock(owner, exclusive, start, end, 1);
    }

    @Test
    void writersExcludeAndReadersShare() throws Exception {
        locks.lockRecord(tree.caller, lock(one, false, 0, 9), false);
        locks.lockRecord(tree.caller, lock(two, false, 5, 20), false);
        assertErrno(EAGAIN, () -> locks.lockRecord(tree.caller, lock(two, true, 9, 9), false));
        locks.lockRecord(tree.caller, lock(two, true, 10, 12), false);
    }

    @Test
    void unlockingTheMiddleLeavesTwoEnds() throws Exception {
        locks.lockRecord(tree.caller, lock(one, true, 0, 99), false);
        locks.unlockRecords(one, 10, 19);
        assertNull(locks.blocker(lock(two, true, 10, 19)));
        RecordLock left = locks.blocker(lock(two, true, 0, 9));
        assertNotNull(left);
        assertEquals(9, left.end());
        RecordLock right = locks.blocker(lock(two, true, 20, 30));
        assertNotNull(right);
        assertEquals(20, right.start());
    }

    @Test
    void neighboursBecomeOneLock() throws Exception {
        locks.lockRecord(tree.caller, lock(one, true, 0, 9), false);
        locks.lockRecord(tree.caller, lock(one, true, 10, 19), false);
        RecordLock all = locks.blocker(lock(two, false, 0, 0));
        assertNotNull(all);
        assertEquals(19, all.end());
    }

    @Test
    void aWaiterGetsTheLockWhenItIsReleased() throws Exception {
        locks.lockRecord(tree.caller, lock(one, true, 0, 9), false);
        tree.caller.whileAsleep = () -> locks.unlockRecords(one, 0, 9);
        locks.lockRecord(tree.caller, lock(two, true, 0, 9), true);
        assertNotNull(locks.blocker(lock(one, false, 0, 0)));
    }

    @Test
    void aWaiterCanBeInterrupted() throws Exception {
        locks.lockRecord(tree.caller, lock(one, true, 0, 9), false);
        assertThrows(
                RestartException.class,
                () -> locks.lockRecord(tree.caller, lock(two, true, 0, 9), true));
    }

    @Test
    void locksGoWithAnyDescriptorOfTheProcess() throws Exception {
        FileDescription first = tree.write("/f", "");
        FileDescription second = tree.open("/f", 0);
        int fd = one.install(tree.caller, second, 0, false);
        first.inode().locks().lockRecord(tree.caller, lock(one, true, 0, 0), false);
        one.close(tree.caller, fd);
        assertNull(first.inode().locks().blocker(lock(two, true, 0, 0)));
    }

    @Test
    void aFlockBelongsToTheDescription() throws Exception {
        FileDescription a = tree.write("/f", "");
        FileDescription b = tree.open("/f", 0);
        FileLocks file = a.inode().locks();
        file.flock(tree.caller, a, true, false);
        assertErrno(EAGAIN, () -> file.flock(tree.caller, b, false, false));
        a.release(tree.caller);
        file.flock(tree.caller, b, false, false);
    }
}
