package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINTR;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Signal.SIG_BLOCK;
import static stasis.abi.Signal.SIG_SETMASK;
import static stasis.abi.Signal.SIG_UNBLOCK;
import static stasis.abi.Signal.SI_TKILL;
import static stasis.kernel.signal.SignalSet.UNBLOCKABLE;
import static stasis.kernel.signal.SignalSet.bit;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.arch.Registers;
import stasis.kernel.signal.SignalAction;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.signal.SignalSet;
import stasis.kernel.signal.SignalStack;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.syscall.SyscallHandler;
import stasis.kernel.task.SignalReturn;
import stasis.kernel.task.SignalSend;
import stasis.kernel.task.Task;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.wait.Waiter;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Actions, masks, sending and waiting for signals. */
final class SignalSyscalls {
    private static final long SIGSET_BYTES = 8;

    /** MINSIGSTKSZ of {@code arch/x86/include/uapi/asm/signal.h}. */
    private static final long MINSIGSTKSZ = 2048;

    private SignalSyscalls() {}

    /**
     * {@code int rt_sigaction(int signum, const struct sigaction *act, struct sigaction *oldact,
     * size_t sigsetsize)}
     */
    static long rt_sigaction(Task task, SyscallArgs args) throws SyscallException {
        int signo = args.int0();
        if (args.a3 != SIGSET_BYTES || !SignalSet.valid(signo)) throw EINVAL.exception();
        if (args.a1 != 0 && (bit(signo) & UNBLOCKABLE) != 0) throw EINVAL.exception();
        SignalAction action = null;
        if (args.a1 != 0) {
            action =
                    new SignalAction(
                            task.memory().readLong(args.a1),
                            task.memory().readLong(args.a1 + 8),
                            task.memory().readLong(args.a1 + 16),
                            task.memory().readLong(args.a1 + 24) & ~UNBLOCKABLE);
        }
        SignalAction old;
        try (var _ = task.machine().tasks().lock().hold()) {
            old = task.group().actions().get(signo);
            if (action != null) {
                task.group().actions().set(signo, action);
                SignalReturn.forgetIgnoredLocked(task, signo);
            }
        }
        if (args.a2 != 0) {
            task.memory().writeLong(args.a2, old.handler());
            task.memory().writeLong(args.a2 + 8, old.flags());
            task.memory().writeLong(args.a2 + 16, old.restorer());
            task.memory().writeLong(args.a2 + 24, old.mask());
        }
        return 0;
    }

    /**
     * {@code int rt_sigprocmask(int how, const kernel_sigset_t *set, kernel_sigset_t *oldset,
     * size_t sigsetsize)}
     */
    static long rt_sigprocmask(Task task, SyscallArgs args) throws SyscallException {
        if (args.a3 != SIGSET_BYTES) throw EINVAL.exception();
        long old = task.signalMask();
        if (args.a1 != 0) {
            long set = task.memory().readLong(args.a1);
            long mask =
                    switch (args.int0()) {
                        case SIG_BLOCK -> old | set;
                        case SIG_UNBLOCK -> old & ~set;
                        case SIG_SETMASK -> set;
                        default -> throw EINVAL.exception();
                    };
            task.setSignalMask(mask);
        }
        if (args.a2 != 0) task.memory().writeLong(args.a2, old);
        return 0;
    }

    /** {@code int rt_sigpending(sigset_t *set, size_t sigsetsize)} */
    static long rt_sigpending(Task task, SyscallArgs args) throws SyscallException {
        if (Long.compareUnsigned(args.a1, SIGSET_BYTES) > 0) throw EINVAL.exception();
        task.memory().writeLong(args.a0, task.pendingSignals() & task.signalMask());
        return 0;
    }

    /** {@code int rt_sigsuspend(const sigset_t *mask, size_t sigsetsize)} */
    static long rt_sigsuspend(Task task, SyscallArgs args) throws SyscallException {
        if (args.a1 != SIGSET_BYTES) throw EINVAL.exception();
        task.setTemporaryMask(task.memory().readLong(args.a0));
        return pause(task, args);
    }

    /** {@code int pause(void)} */
    static long pause(Task task, SyscallArgs args) throws SyscallException {
        task.prepareSleep();
        while (task.sleep(MonotonicClock.NEVER, RestartException.ERESTARTNOHAND)) {
            task.prepareSleep();
        }
        throw EINTR.exception();
    }

    /**
     * {@code int rt_sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec
     * *timeout, size_t sigsetsize)}
     */
    static long rt_sigtimedwait(Task task, SyscallArgs args) throws SyscallException {
        if (args.a3 != SIGSET_BYTES) throw EINVAL.exception();
        long wanted = task.memory().readLong(args.a0) & ~UNBLOCKABLE;
        long timeout = args.a2 == 0 ? -1 : TimeArgs.timespec(task, args.a2);
        long deadline = task.deadline(timeout);
        Waiter waiter = new Waiter(task, -1);
        task.signalEvents().add(waiter);
        try {
            for (; ; ) {
                task.prepareSleep();
                SignalInfo info = task.takeSignal(wanted);
                if (info != null) {
                    if (args.a1 != 0) task.memory().writeBytes(args.a1, info.toBytes());
                    return info.signo();
                }
                if (timeout == 0) throw EAGAIN.exception();
                if (!task.sleep(deadline, RestartException.EINTR_UNLESS_CHECKPOINT)) {
                    throw EAGAIN.exception();
                }
            }
        } finally {
            task.signalEvents().remove(waiter);
        }
    }

    /** {@code int rt_sigreturn(...)} */
    static long rt_sigreturn(Task task, SyscallArgs args) {
        SignalReturn.sigreturn(task);
        return SyscallHandler.REGISTERS_SET;
    }

    /** {@code int kill(pid_t pid, int sig)} */
    static long kill(Task task, SyscallArgs args) throws SyscallException {
        int signo = args.int1();
        if (signo != 0 && !SignalSet.valid(signo)) throw EINVAL.exception();
        SignalSend.kill(
                task, args.int0(), SignalInfo.user(signo, task.pid(), task.credentials().uid()));
        return 0;
    }

    /** {@code int tkill(pid_t tid, int sig)} */
    static long tkill(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() <= 0) throw EINVAL.exception();
        return sendToThread(task, -1, args.int0(), args.int1());
    }

    /** {@code int tgkill(pid_t tgid, pid_t tid, int sig)} */
    static long tgkill(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() <= 0 || args.int1() <= 0) throw EINVAL.exception();
        return sendToThread(task, args.int0(), args.int1(), args.int2());
    }

    private static long sendToThread(Task task, int tgid, int tid, int signo)
            throws ErrnoException {
        if (signo != 0 && !SignalSet.valid(signo)) throw EINVAL.exception();
        int uid = task.credentials().uid();
        SignalSend.tgkill(task, tgid, tid, new SignalInfo(signo, SI_TKILL, task.pid(), uid, 0, 0));
        return 0;
    }

    /** {@code int rt_sigqueueinfo(pid_t tgid, int sig, siginfo_t *info)} */
    static long rt_sigqueueinfo(Task task, SyscallArgs args) throws SyscallException {
        SignalInfo info = queuedInfo(task, args.int0(), args.int1(), args.a2);
        SignalSend.kill(task, args.int0(), info);
        return 0;
    }

    /** {@code int rt_tgsigqueueinfo(pid_t tgid, pid_t tid, int sig, siginfo_t *info)} */
    static long rt_tgsigqueueinfo(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() <= 0 || args.int1() <= 0) throw EINVAL.exception();
        SignalInfo info = queuedInfo(task, args.int0(), args.int2(), args.a3);
        SignalSend.tgkill(task, args.int0(), args.int1(), info);
        return 0;
    }

    private static SignalInfo queuedInfo(Task task, int pid, int signo, long addr)
            throws ErrnoException {
        if (signo != 0 && !SignalSet.valid(signo)) throw EINVAL.exception();
        SignalInfo info = SignalInfo.read(signo, task.memory().readBytes(addr, SignalInfo.BYTES));
        boolean pretends = info.code() >= 0 || info.code() == SI_TKILL;
        if (pretends && pid != task.pid()) throw EPERM.exception();
        return info;
    }

    /** {@code int sigaltstack(const stack_t *ss, stack_t *old_ss)} */
    static long sigaltstack(Task task, SyscallArgs args) throws SyscallException {
        long sp = task.registers().get(Registers.RSP);
        SignalStack old = task.signalStack();
        boolean on = old.contains(sp);
        SignalStack changed = args.a0 == 0 ? null : readStack(task, args.a0, on);
        if (args.a1 != 0) {
            task.memory().writeLong(args.a1, old.addr());
            task.memory().writeInt(args.a1 + 8, on ? SignalStack.ON_STACK : old.flags());
            task.memory().writeInt(args.a1 + 12, 0);
            task.memory().writeLong(args.a1 + 16, old.size());
        }
        if (changed != null) task.setSignalStack(changed);
        return 0;
    }

    private static SignalStack readStack(Task task, long addr, boolean on) throws ErrnoException {
        MemorySegment s = MemorySegment.ofArray(task.memory().readBytes(addr, 24));
        long sp = s.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        int flags = s.get(ValueLayout.JAVA_INT_UNALIGNED, 8);
        long size = s.get(ValueLayout.JAVA_LONG_UNALIGNED, 16);
        if (on) throw EPERM.exception();
        int mode = flags & ~SignalStack.AUTODISARM;
        if (mode == SignalStack.DISABLE) return SignalStack.none();
        if (mode != 0 && mode != SignalStack.ON_STACK) throw EINVAL.exception();
        if (Long.compareUnsigned(size, MINSIGSTKSZ) < 0) throw ENOMEM.exception();
        return new SignalStack(sp, size, flags & SignalStack.AUTODISARM);
    }
}
