package stasis.kernel.fs.eventfd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.kernel.fs.IpcFixture.assertErrno;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.junit.jupiter.api.Test;

import stasis.abi.Errno;
import stasis.abi.SyscallException;
import stasis.kernel.fs.IpcFixture;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.vfs.FileDescription;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

class EventfdTest {
    private final IpcFixture caller = new IpcFixture();

    private FileDescription eventfd(int initial, boolean semaphore) {
        var inode = AnonymousFilesystem.newOther(caller.vfs, caller, "[eventfd]");
        return caller.open(new Eventfd(inode, initial, semaphore), O_RDWR);
    }

    private void add(FileDescription file, long value) throws SyscallException {
        byte[] bytes = ByteBuffer.allocate(8).order(LITTLE_ENDIAN).putLong(value).array();
        file.write(caller, MemorySegment.ofArray(bytes), 0, 8);
    }

    private long take(FileDescription file) throws SyscallException {
        byte[] bytes = new byte[8];
        file.read(caller, MemorySegment.ofArray(bytes), 0, 8);
        return ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN).getLong();
    }

    @Test
    void readTakesTheWholeCount() throws Exception {
        FileDescription file = eventfd(2, false);
        add(file, 40);
        assertEquals(42, take(file));
        assertEquals(POLLOUT, file.impl().readiness() & (POLLIN | POLLOUT));
    }

    @Test
    void semaphoreGivesOneAtATime() throws Exception {
        FileDescription file = eventfd(2, true);
        assertEquals(1, take(file));
        assertEquals(1, take(file));
        file.setFlags(O_NONBLOCK, O_NONBLOCK);
        assertErrno(Errno.EAGAIN, () -> take(file));
    }

    @Test
    void countNeverOverflows() throws Exception {
        FileDescription file = eventfd(0, false);
        add(file, -2);
        assertEquals(POLLIN, file.impl().readiness() & (POLLIN | POLLOUT));
        file.setFlags(O_NONBLOCK, O_NONBLOCK);
        assertErrno(Errno.EAGAIN, () -> add(file, 1));
        assertErrno(Errno.EINVAL, () -> add(file, -1));
        add(file, 0);
        assertEquals(-2, take(file));
    }

    @Test
    void waitingWriterGoesOnAfterARead() throws Exception {
        FileDescription file = eventfd(0, false);
        add(file, -2);
        caller.whileAsleep(() -> take(file));
        add(file, 5);
        assertEquals(5, take(file));
    }

    @Test
    void shortBuffersAreRefused() {
        FileDescription file = eventfd(1, false);
        assertErrno(Errno.EINVAL, () -> caller.read(file, 7));
    }

    @Test
    void countSurvivesASnapshot() throws Exception {
        FileDescription file = eventfd(9, true);
        FileDescription restored = caller.saveAndRestore(file, FileDescription.class);
        assertEquals(1, take(restored));
        restored.setFlags(O_NONBLOCK, O_NONBLOCK);
        for (int i = 0; i < 8; i++) take(restored);
        assertErrno(Errno.EAGAIN, () -> take(restored));
    }
}
