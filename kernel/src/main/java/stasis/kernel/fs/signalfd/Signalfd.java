package stasis.kernel.fs.signalfd;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Signal.SIGCHLD;
import static stasis.abi.Signal.SI_TIMER;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.signal.SignalSet;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/**
 * Signals as bytes, signalfd(2). Reads take the signals of who reads. Unlike Linux, poll(2) and
 * epoll(7) look at the signals of who made the descriptor, whoever waits.
 */
@Saved("signalfd.Signalfd")
public final class Signalfd implements FileImpl {
    /** sizeof(struct signalfd_siginfo). */
    private static final int INFO_BYTES = 128;

    private Inode inode;
    private Task maker;

    /** Signals wanted, as bits. */
    private volatile long mask;

    @SuppressWarnings("NullAway.Init")
    private Signalfd() {}

    public Signalfd(Inode inode, Task maker, long mask) {
        this.inode = inode;
        this.maker = maker;
        setMask(mask);
    }

    /** signalfd(2) with an existing descriptor. */
    public void setMask(long signals) {
        mask = signals & ~SignalSet.UNBLOCKABLE;
        maker.signalEvents().wake(POLLIN | POLLRDNORM);
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset)
            throws SyscallException {
        if (length < INFO_BYTES) throw EINVAL.exception();
        if (!(caller instanceof Task task)) throw EINVAL.exception();
        long done = 0;
        while (length - done >= INFO_BYTES) {
            SignalInfo info = task.takeSignal(mask);
            if (info == null) break;
            write(info, to.asSlice(at + done, INFO_BYTES));
            done += INFO_BYTES;
        }
        if (done == 0) throw EAGAIN.exception();
        return done;
    }

    /**
     * {@code struct signalfd_siginfo}, {@code include/uapi/linux/signalfd.h}.
     *
     * <pre>
     * offset  size  field
     *      0     4  ssi_signo
     *      8     4  ssi_code
     *     12     4  ssi_pid
     *     16     4  ssi_uid
     *     24     4  ssi_tid      timers: the timer's id
     *     32     4  ssi_overrun
     *     40     4  ssi_status   SIGCHLD
     *     44     4  ssi_int      sigqueue
     *     48     8  ssi_ptr
     *     72     8  ssi_addr
     *    128        sizeof
     * </pre>
     */
    private static void write(SignalInfo info, MemorySegment to) {
        to.fill((byte) 0);
        to.set(JAVA_INT_UNALIGNED, 0, info.signo());
        to.set(JAVA_INT_UNALIGNED, 8, info.code());
        if (info.code() == SI_TIMER) {
            to.set(JAVA_INT_UNALIGNED, 24, info.pid());
            to.set(JAVA_INT_UNALIGNED, 32, info.uid());
        } else {
            to.set(JAVA_INT_UNALIGNED, 12, info.pid());
            to.set(JAVA_INT_UNALIGNED, 16, info.uid());
        }
        if (info.signo() == SIGCHLD) {
            to.set(JAVA_INT_UNALIGNED, 40, (int) info.value());
        } else {
            to.set(JAVA_INT_UNALIGNED, 44, (int) info.value());
            to.set(JAVA_LONG_UNALIGNED, 48, info.value());
        }
        to.set(JAVA_LONG_UNALIGNED, 72, info.addr());
    }

    @Override
    public int readiness() {
        return (maker.pendingSignals() & mask) != 0 ? POLLIN | POLLRDNORM : 0;
    }

    /** Of the maker; whoever else reads is told of signals by being interrupted. */
    @Override
    public WaitQueue waitQueue() {
        return maker.signalEvents();
    }

    @Override
    public Inode inode() {
        return inode;
    }
}
