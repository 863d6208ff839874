package stasis.kernel.fs.pipe;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENXIO;
import static stasis.abi.Fcntl.O_ACCMODE;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.RestartException.ERESTARTSYS;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Blocking;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.AnonymousInode;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.vfs.Attachment;
import stasis.kernel.vfs.Device;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.Reopenable;
import stasis.state.Saved;

/** Opens FIFOs, fifo(7): register it for S_IFIFO. The pipe hangs on the inode. */
@Saved("pipe.FifoDevice")
public final class FifoDevice implements Device {
    public FifoDevice() {}

    @Override
    public FileImpl open(Caller caller, Inode inode, int flags) throws SyscallException {
        Attachment behind = inode.attach(new Pipe());
        if (behind instanceof Reopenable other) return other.open(caller, inode, flags);
        if (!(behind instanceof Pipe pipe)) throw ENXIO.exception();
        // Like Linux's fifo_open: who opens a nameless pipe again (/proc/pid/fd) waits for nobody.
        boolean nameless = inode instanceof AnonymousInode;
        boolean waits = (flags & O_NONBLOCK) == 0 && !nameless;
        PipeEnd end =
                switch (flags & O_ACCMODE) {
                    case O_RDONLY -> openForReading(caller, pipe, inode, waits);
                    case O_WRONLY -> openForWriting(caller, pipe, inode, waits, nameless);
                    case O_RDWR -> openForBoth(pipe, inode);
                    default -> throw EINVAL.exception();
                };
        end.flagsChanged(flags);
        return end;
    }

    private static PipeEnd openForReading(Caller caller, Pipe pipe, Inode inode, boolean waits)
            throws SyscallException {
        long seen = pipe.writersSeen();
        pipe.addReader();
        boolean opened = false;
        try {
            if (waits) {
                await(caller, pipe, () -> pipe.hasWriters() || pipe.writersSeen() != seen);
            }
            opened = true;
        } finally {
            if (!opened) pipe.remove(true, false);
        }
        boolean nobodyYet = !waits && !pipe.hasWriters();
        return new PipeEnd(pipe, inode, true, false, nobodyYet ? seen : -1);
    }

    private static PipeEnd openForWriting(
            Caller caller, Pipe pipe, Inode inode, boolean waits, boolean nameless)
            throws SyscallException {
        if (!waits && !nameless && !pipe.hasReaders()) throw ENXIO.exception();
        long seen = pipe.readersSeen();
        pipe.addWriter();
        boolean opened = false;
        try {
            if (waits) {
                await(caller, pipe, () -> pipe.hasReaders() || pipe.readersSeen() != seen);
            }
            opened = true;
        } finally {
            if (!opened) pipe.remove(false, true);
        }
        return new PipeEnd(pipe, inode, false, true, -1);
    }

    private static PipeEnd openForBoth(Pipe pipe, Inode inode) {
        pipe.addReader();
        pipe.addWriter();
        return new PipeEnd(pipe, inode, true, true, -1);
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Caller caller, Pipe pipe, Condition condition)
            throws SyscallException {
        Blocking.until(
                caller,
                pipe,
                -1,
                MonotonicClock.NEVER,
                ERESTARTSYS,
                () -> {
                    if (!condition.holds()) throw EAGAIN.exception();
                    return 0;
                });
    }
}
