package stasis.kernel.fs.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static stasis.abi.Fcntl.F_GETPIPE_SZ;
import static stasis.abi.Fcntl.F_SETPIPE_SZ;
import static stasis.abi.Fcntl.O_DIRECT;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRNORM;
import static stasis.abi.StatMode.S_IFIFO;
import static stasis.kernel.fs.IpcFixture.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.abi.Errno;
import stasis.abi.Ioctls;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.fs.FakeMemory;
import stasis.kernel.fs.IpcFixture;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.tmpfs.SpecialInode;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.NewInode;

class PipeTest {
    private static final int READABLE = POLLIN | POLLRDNORM;
    private static final int WRITABLE = POLLOUT | POLLWRNORM;

    private final IpcFixture caller = new IpcFixture();
    private FileDescription reader;
    private FileDescription writer;

    PipeTest() {
        PipeEnd.Pair ends = pair(0);
        reader = caller.open(ends.reader(), O_RDONLY);
        writer = caller.open(ends.writer(), O_WRONLY);
    }

    private PipeEnd.Pair pair(int flags) {
        return PipeEnd.pair(AnonymousFilesystem.newPipe(caller.vfs, caller), flags);
    }

    @Test
    void bytesComeOutInOrder() throws Exception {
        caller.write(writer, "hello ");
        caller.write(writer, "world");
        assertEquals("hel", caller.read(reader, 3));
        assertEquals("lo world", caller.read(reader, 100));
    }

    @Test
    void readerWaitsForAWriter() throws Exception {
        caller.whileAsleep(() -> caller.write(writer, "late"));
        assertEquals("late", caller.read(reader, 100));
    }

    @Test
    void lastWriterGoneIsTheEnd() throws Exception {
        caller.write(writer, "rest");
        writer.release(caller);
        assertEquals(READABLE | POLLHUP, reader.impl().readiness());
        assertEquals("rest", caller.read(reader, 100));
        assertEquals("", caller.read(reader, 100));
        assertEquals(POLLHUP, reader.impl().readiness());
    }

    @Test
    void writingWithoutReadersRaisesSigpipe() {
        reader.release(caller);
        assertEquals(WRITABLE | POLLERR, writer.impl().readiness());
        assertErrno(Errno.EPIPE, () -> caller.write(writer, "x"));
        assertEquals(1, caller.sigpipes);
    }

    @Test
    void fullPipeMakesSmallWritesWaitWhole() throws Exception {
        writer.setFlags(O_NONBLOCK, O_NONBLOCK);
        assertEquals(65536, caller.write(writer, "a".repeat(70000)));
        assertErrno(Errno.EAGAIN, () -> caller.write(writer, "b"));
        caller.read(reader, 100);
        assertErrno(Errno.EAGAIN, () -> caller.write(writer, "b".repeat(101)));
        assertEquals(100, caller.write(writer, "b".repeat(5000)));
    }

    @Test
    void largeWriteGoesOnWhileReaderMakesRoom() throws Exception {
        for (int i = 0; i < 3; i++) caller.whileAsleep(() -> caller.read(reader, 65536));
        assertEquals(200_000, caller.write(writer, "z".repeat(200_000)));
    }

    @Test
    void interruptedWriteRemembersHowFarItGot() {
        caller.interruptNextSleep();
        assertThrows(RestartException.class, () -> caller.write(writer, "z".repeat(70_000)));
        assertEquals(65536, caller.progress());
    }

    @Test
    void packetsStayApartAndAreCut() throws Exception {
        PipeEnd.Pair ends = pair(O_DIRECT);
        reader = caller.open(ends.reader(), O_RDONLY | O_NONBLOCK);
        writer = caller.open(ends.writer(), O_WRONLY | O_DIRECT);
        caller.write(writer, "first");
        caller.write(writer, "second");
        assertEquals("fir", caller.read(reader, 3));
        assertEquals("second", caller.read(reader, 100));
        assertErrno(Errno.EAGAIN, () -> caller.read(reader, 1));
    }

    @Test
    void streamBytesBeforeAPacketAreNotPartOfIt() throws Exception {
        caller.write(writer, "stream");
        writer.setFlags(O_DIRECT, O_DIRECT);
        caller.write(writer, "packet");
        writer.setFlags(0, O_DIRECT);
        caller.write(writer, "tail");
        assertEquals("stream", caller.read(reader, 100));
        assertEquals("packet", caller.read(reader, 100));
        assertEquals("tail", caller.read(reader, 100));
    }

    @Test
    void sizeCanBeChanged() throws Exception {
        assertEquals(65536, writer.impl().fcntl(writer, caller, F_GETPIPE_SZ, 0));
        assertEquals(8192, writer.impl().fcntl(writer, caller, F_SETPIPE_SZ, 5000));
        assertEquals(4096, writer.impl().fcntl(writer, caller, F_SETPIPE_SZ, 1));
        caller.write(writer, "x".repeat(4096));
        writer.impl().fcntl(writer, caller, F_SETPIPE_SZ, 8192);
        caller.write(writer, "x");
        assertErrno(Errno.EBUSY, () -> writer.impl().fcntl(writer, caller, F_SETPIPE_SZ, 4096));
    }

    @Test
    void fionreadCountsBytes() throws Exception {
        caller.write(writer, "seven77");
        reader.impl().ioctl(reader, caller, Ioctls.FIONREAD, FakeMemory.BASE);
        assertEquals(7, caller.memory.readInt(FakeMemory.BASE));
    }

    @Test
    void contentSurvivesASnapshot() throws Exception {
        caller.write(writer, "dropped");
        caller.read(reader, 7);
        caller.write(writer, "kept".repeat(1000));
        PipeEnd restored = caller.saveAndRestore((PipeEnd) reader.impl(), PipeEnd.class);
        assertNotSame(reader.impl(), restored);
        FileDescription again = caller.open(restored, O_RDONLY);
        assertEquals("kept".repeat(1000), caller.read(again, 10_000));
        assertEquals("kept".repeat(1000), caller.read(reader, 10_000));
    }

    @Test
    void pipeIsNamedByItsInode() {
        assertEquals("pipe:[" + reader.inode().ino() + "]", reader.inode().description());
    }

    // ---- FIFOs ----

    private final FifoDevice fifos = new FifoDevice();

    private FileDescription fifo(Inode inode, int flags) throws SyscallException {
        return caller.open(fifos.open(caller, inode, flags), flags);
    }

    private Inode named() {
        NewInode what = new NewInode(S_IFIFO | 0600, 0, 0, 0, "", 0);
        return new SpecialInode(AnonymousFilesystem.sockets(caller.vfs), 99, what);
    }

    @Test
    void namelessPipeOpenedAgainWaitsForNobody() throws Exception {
        FileDescription again = fifo(reader.inode(), O_WRONLY);
        caller.write(again, "second writer");
        assertEquals("second writer", caller.read(reader, 100));
    }

    @Test
    void openingAFifoWaitsForTheOtherSide() throws Exception {
        Inode inode = named();
        FileDescription[] other = new FileDescription[1];
        caller.whileAsleep(() -> other[0] = fifo(inode, O_WRONLY));
        FileDescription in = fifo(inode, O_RDONLY);
        caller.write(other[0], "through");
        assertEquals("through", caller.read(in, 100));
        assertSame(inode, in.inode());
    }

    @Test
    void nonblockingOpensDoNotWait() throws Exception {
        Inode inode = named();
        assertErrno(Errno.ENXIO, () -> fifo(inode, O_WRONLY | O_NONBLOCK));
        FileDescription in = fifo(inode, O_RDONLY | O_NONBLOCK);
        assertEquals(0, in.impl().readiness());
        fifo(inode, O_WRONLY | O_NONBLOCK).release(caller);
        assertEquals(POLLHUP, in.impl().readiness());
    }

    @Test
    void interruptedOpenLeavesNoReaderBehind() throws Exception {
        Inode inode = named();
        caller.interruptNextSleep();
        assertThrows(RestartException.class, () -> fifo(inode, O_RDONLY));
        assertErrno(Errno.ENXIO, () -> fifo(inode, O_WRONLY | O_NONBLOCK));
    }

    @Test
    void fifoOpenForBothIsItsOwnPeer() throws Exception {
        Inode inode = named();
        FileDescription both = fifo(inode, O_RDWR);
        caller.write(both, "echo");
        assertEquals("echo", caller.read(both, 100));
    }
}
