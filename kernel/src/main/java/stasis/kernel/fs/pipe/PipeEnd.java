package stasis.kernel.fs.pipe;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Fcntl.F_GETPIPE_SZ;
import static stasis.abi.Fcntl.F_SETPIPE_SZ;
import static stasis.abi.Fcntl.O_DIRECT;
import static stasis.abi.Ioctls.FIONREAD;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.PeekableFile;
import stasis.kernel.wait.WaitQueue;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** One end of a pipe, or both: a FIFO may be opened for reading and writing. */
@Saved("pipe.PipeEnd")
public final class PipeEnd implements PeekableFile {
    private Pipe pipe;
    private Inode inode;
    private boolean reads;
    private boolean writes;

    /** What {@link Pipe#writersSeen} was at open(2); -1 for pipes. */
    private long writersAtOpen;

    /** O_DIRECT: each write is a packet. */
    private volatile boolean packets;

    @SuppressWarnings("NullAway.Init")
    private PipeEnd() {}

    /** Precondition: the pipe has been told of the end. */
    PipeEnd(Pipe pipe, Inode inode, boolean reads, boolean writes, long writersAtOpen) {
        this.pipe = pipe;
        this.inode = inode;
        this.reads = reads;
        this.writes = writes;
        this.writersAtOpen = writersAtOpen;
    }

    /** pipe2(2): what is read from {@code reader} was written to {@code writer}. */
    public record Pair(PipeEnd reader, PipeEnd writer) {}

    /**
     * A new pipe; its inode can be opened too, through /proc/self/fd.
     *
     * @param flags O_DIRECT for packets
     */
    public static Pair pair(Inode inode, int flags) {
        Pipe pipe = new Pipe();
        inode.attach(pipe);
        pipe.addReader();
        pipe.addWriter();
        PipeEnd reader = new PipeEnd(pipe, inode, true, false, -1);
        PipeEnd writer = new PipeEnd(pipe, inode, false, true, -1);
        reader.flagsChanged(flags);
        writer.flagsChanged(flags);
        return new Pair(reader, writer);
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        if (!reads) throw EBADF.exception();
        return pipe.read(to, at, length);
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        if (!writes) throw EBADF.exception();
        return pipe.write(caller, from, at, length, packets);
    }

    @Override
    public long peek(MemorySegment to, long at, long length) throws SyscallException {
        if (!reads) throw EBADF.exception();
        return pipe.peek(to, at, length);
    }

    @Override
    public void consume(long length) {
        pipe.consume(length);
    }

    @Override
    public int readiness() {
        int events = reads ? pipe.readReadiness(writersAtOpen) : 0;
        return writes ? events | pipe.writeReadiness() : events;
    }

    @Override
    public WaitQueue waitQueue() {
        return pipe.waitQueue();
    }

    @Override
    public long ioctl(FileDescription file, Caller caller, int request, long arg)
            throws SyscallException {
        if (request != FIONREAD) throw ENOTTY.exception();
        caller.memory().writeInt(arg, pipe.available());
        return 0;
    }

    @Override
    public long fcntl(FileDescription file, Caller caller, int command, long arg)
            throws SyscallException {
        return switch (command) {
            case F_GETPIPE_SZ -> pipe.capacity();
            case F_SETPIPE_SZ -> pipe.setCapacity(caller, arg & 0xffffffffL);
            default -> throw EINVAL.exception();
        };
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public void flagsChanged(int flags) {
        packets = (flags & O_DIRECT) != 0;
    }

    @Override
    public void release(Caller caller) {
        pipe.remove(reads, writes);
    }
}
