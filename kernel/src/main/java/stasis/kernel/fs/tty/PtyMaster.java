package stasis.kernel.fs.tty;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Ioctls.TIOCGPKT;
import static stasis.abi.Ioctls.TIOCGPTLCK;
import static stasis.abi.Ioctls.TIOCGPTN;
import static stasis.abi.Ioctls.TIOCGPTPEER;
import static stasis.abi.Ioctls.TIOCPKT;
import static stasis.abi.Ioctls.TIOCSIG;
import static stasis.abi.Ioctls.TIOCSPTLCK;

import stasis.abi.Errno;
import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.caller.UserAccess;
import stasis.kernel.signal.SignalSet;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** What open(2) of /dev/ptmx gives: the end of a pseudo-terminal that plays the user, pty(7). */
@Saved("tty.PtyMaster")
public final class PtyMaster implements FileImpl {
    private Terminal terminal;
    private Devpts devpts;
    private Inode inode;

    @SuppressWarnings("NullAway.Init")
    private PtyMaster() {}

    PtyMaster(Terminal terminal, Devpts devpts, Inode inode) {
        this.terminal = terminal;
        this.devpts = devpts;
        this.inode = inode;
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        return terminal.show(to, at, length);
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws SyscallException {
        return terminal.type(from, at, length);
    }

    @Override
    public int readiness() {
        return terminal.masterReadiness();
    }

    @Override
    public WaitQueue waitQueue() {
        return terminal.masterQueue();
    }

    @Override
    public long ioctl(FileDescription file, Caller caller, int request, long arg)
            throws SyscallException {
        UserAccess memory = caller.memory();
        switch (request) {
            case (int) TIOCGPTN -> memory.writeInt(arg, terminal.index());
            case (int) TIOCSPTLCK -> terminal.setLocked(memory.readInt(arg) != 0);
            case (int) TIOCGPTLCK -> memory.writeInt(arg, terminal.isLocked() ? 1 : 0);
            case TIOCPKT -> terminal.setPackets(memory.readInt(arg) != 0);
            case (int) TIOCGPKT -> memory.writeInt(arg, terminal.hasPackets() ? 1 : 0);
            case (int) TIOCSIG -> signal((int) arg);
            case TIOCGPTPEER -> {
                return openPeer(caller, (int) arg);
            }
            default -> {
                return TtyIoctls.run(terminal, caller, true, request, arg);
            }
        }
        return 0;
    }

    private void signal(int signo) throws SyscallException {
        if (!SignalSet.valid(signo)) throw EINVAL.exception();
        terminal.jobs().signal(signo);
    }

    /** The slave, whatever has become of its name. */
    private long openPeer(Caller caller, int flags) throws SyscallException {
        if (!(caller instanceof Task task)) throw Errno.ENOTTY.exception();
        Inode slave = devpts.slave(terminal.index());
        if (slave == null) throw Errno.EIO.exception();
        FileImpl opened = slave.open(task, flags);
        int kept = flags & (Fcntl.O_ACCMODE | Fcntl.O_NONBLOCK);
        FileDescription file = new FileDescription(opened, kept, task.vfs().nowhere(slave));
        return task.install(file, (flags & Fcntl.O_CLOEXEC) != 0);
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public void release(Caller caller) {
        devpts.remove(terminal);
        terminal.hangUp();
    }
}
