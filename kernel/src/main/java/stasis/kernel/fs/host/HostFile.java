package stasis.kernel.fs.host;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Ioctls.FIONREAD;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** An open file of a {@link HostStream}. To programs it is a pipe. */
@Saved("host.HostFile")
public final class HostFile implements FileImpl {
    private HostStream stream;
    private Inode inode;
    private boolean reads;
    private boolean writes;

    @SuppressWarnings("NullAway.Init")
    private HostFile() {}

    HostFile(HostStream stream, Inode inode, boolean reads, boolean writes) {
        this.stream = stream;
        this.inode = inode;
        this.reads = reads;
        this.writes = writes;
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        if (!reads) throw EBADF.exception();
        return stream.read(to, at, length);
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        if (!writes) throw EBADF.exception();
        return stream.write(caller, from, at, length);
    }

    @Override
    public int readiness() {
        int events = reads ? stream.readReadiness() : 0;
        return writes ? events | stream.writeReadiness() : events;
    }

    @Override
    public WaitQueue waitQueue() {
        return stream.waitQueue();
    }

    @Override
    public long ioctl(FileDescription file, Caller caller, int request, long arg)
            throws SyscallException {
        if (request != FIONREAD) throw ENOTTY.exception();
        caller.memory().writeInt(arg, stream.available());
        return 0;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public void release(Caller caller) {
        if (writes) stream.writerClosed();
    }
}
