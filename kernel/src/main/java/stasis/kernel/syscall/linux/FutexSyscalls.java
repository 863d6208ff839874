package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOSYS;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;
import static stasis.abi.Errno.ETIMEDOUT;
import static stasis.abi.Futex.FUTEX_CLOCK_REALTIME;
import static stasis.abi.Futex.FUTEX_CMP_REQUEUE;
import static stasis.abi.Futex.FUTEX_PRIVATE_FLAG;
import static stasis.abi.Futex.FUTEX_REQUEUE;
import static stasis.abi.Futex.FUTEX_WAIT;
import static stasis.abi.Futex.FUTEX_WAIT_BITSET;
import static stasis.abi.Futex.FUTEX_WAKE;
import static stasis.abi.Futex.FUTEX_WAKE_BITSET;
import static stasis.abi.Futex.FUTEX_WAKE_OP;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.futex.FutexKey;
import stasis.kernel.futex.FutexTable;
import stasis.kernel.futex.FutexWaiter;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.time.MonotonicClock;

/** futex(2), set_robust_list(2). */
final class FutexSyscalls {
    private static final int COMMAND = ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    private static final int ROBUST_HEAD_BYTES = 24;

    private FutexSyscalls() {}

    /**
     * {@code int futex(uint32_t *uaddr, int op, uint32_t val, const struct timespec *timeout,
     * uint32_t *uaddr2, uint32_t val3)}
     */
    static long futex(Task task, SyscallArgs args) throws SyscallException {
        int op = args.int1();
        if ((args.a0 & 3) != 0) throw EINVAL.exception();
        return switch (op & COMMAND) {
            case FUTEX_WAIT -> waitFor(task, args, op, -1);
            case FUTEX_WAIT_BITSET -> waitFor(task, args, op, args.int5());
            case FUTEX_WAKE -> wake(task, args.a0, args.int2(), -1, op);
            case FUTEX_WAKE_BITSET -> wake(task, args.a0, args.int2(), args.int5(), op);
            case FUTEX_REQUEUE -> requeue(task, args);
            case FUTEX_CMP_REQUEUE -> {
                if (task.memory().readIntVolatile(args.a0) != args.int5()) throw EAGAIN.exception();
                yield requeue(task, args);
            }
            case FUTEX_WAKE_OP -> wakeOp(task, args);
            default -> throw ENOSYS.exception();
        };
    }

    private static long waitFor(Task task, SyscallArgs args, int op, int bitset)
            throws SyscallException {
        if (bitset == 0) throw EINVAL.exception();
        long deadline = deadline(task, args.a3, op);
        FutexTable table = task.machine().futexes();
        FutexWaiter waiter = new FutexWaiter(task.memory().futexKey(args.a0), bitset, task);
        RestartException kind =
                deadline == MonotonicClock.NEVER
                        ? RestartException.ERESTARTSYS
                        : RestartException.ERESTART_RESTARTBLOCK;
        table.add(waiter);
        try {
            task.prepareSleep();
            if (task.memory().readIntVolatile(args.a0) != args.int2() && !waiter.woken()) {
                throw EAGAIN.exception();
            }
            while (!waiter.woken()) {
                if (!task.sleep(deadline, kind) && !waiter.woken()) throw ETIMEDOUT.exception();
                task.prepareSleep();
            }
            return 0;
        } catch (SyscallException e) {
            // Once it is off the table nobody can wake it; who did so before has counted it.
            table.remove(waiter);
            if (waiter.woken()) return 0;
            throw e;
        } finally {
            table.remove(waiter);
        }
    }

    /** FUTEX_WAIT's timeout is a duration, FUTEX_WAIT_BITSET's a time of one of two clocks. */
    private static long deadline(Task task, long addr, int op) throws ErrnoException {
        if (addr == 0) return MonotonicClock.NEVER;
        long nanos = TimeArgs.timespec(task, addr);
        if ((op & COMMAND) == FUTEX_WAIT) return task.deadline(nanos);
        if ((op & FUTEX_CLOCK_REALTIME) == 0) return nanos;
        return TimeArgs.realtimeDeadline(task, nanos);
    }

    /** Like Linux, does not look whether the word of a private futex is there. */
    private static long wake(Task task, long addr, int max, int bitset, int op)
            throws ErrnoException {
        if (bitset == 0) throw EINVAL.exception();
        boolean shared = (op & FUTEX_PRIVATE_FLAG) == 0;
        if (!shared && task.machine().futexes().isEmpty()) return 0;
        FutexKey key = task.memory().futexKey(addr);
        return task.machine().futexes().wake(key, max <= 0 ? 1 : max, bitset);
    }

    private static long requeue(Task task, SyscallArgs args) throws ErrnoException {
        int wake = args.int2();
        int move = args.int3();
        if (wake < 0 || move < 0 || (args.a4 & 3) != 0) throw EINVAL.exception();
        FutexKey from = task.memory().futexKey(args.a0);
        FutexKey to = task.memory().futexKey(args.a4);
        return task.machine().futexes().requeue(from, wake, to, move);
    }

    private static long wakeOp(Task task, SyscallArgs args) throws ErrnoException {
        if ((args.a4 & 3) != 0) throw EINVAL.exception();
        int code = args.int5();
        int op = code >>> 28 & 7;
        boolean shift = (code & 0x80000000) != 0;
        int cmp = code >>> 24 & 15;
        int opArg = code << 8 >> 20;
        int cmpArg = code << 20 >> 20;
        if (shift) opArg = 1 << (opArg & 31);
        FutexKey first = task.memory().futexKey(args.a0);
        FutexKey second = task.memory().futexKey(args.a4);
        int old = apply(task, args.a4, op, opArg);
        FutexTable table = task.machine().futexes();
        int woken = table.wake(first, Math.max(1, args.int2()), -1);
        if (compare(cmp, old, cmpArg)) woken += table.wake(second, Math.max(1, args.int3()), -1);
        return woken;
    }

    private static int apply(Task task, long addr, int op, int arg) throws ErrnoException {
        for (; ; ) {
            int old = task.memory().readIntVolatile(addr);
            int changed =
                    switch (op) {
                        case 0 -> arg;
                        case 1 -> old + arg;
                        case 2 -> old | arg;
                        case 3 -> old & ~arg;
                        case 4 -> old ^ arg;
                        default -> throw ENOSYS.exception();
                    };
            if (task.memory().compareAndExchange(addr, old, changed) == old) return old;
        }
    }

    private static boolean compare(int cmp, int old, int arg) throws ErrnoException {
        return switch (cmp) {
            case 0 -> old == arg;
            case 1 -> old != arg;
            case 2 -> old < arg;
            case 3 -> old <= arg;
            case 4 -> old > arg;
            case 5 -> old >= arg;
            default -> throw ENOSYS.exception();
        };
    }

    /** {@code long set_robust_list(struct robust_list_head *head, size_t len)} */
    static long set_robust_list(Task task, SyscallArgs args) throws SyscallException {
        if (args.a1 != ROBUST_HEAD_BYTES) throw EINVAL.exception();
        task.setRobustList(args.a0);
        return 0;
    }

    /**
     * {@code long get_robust_list(int pid, struct robust_list_head **head_ptr, size_t *len_ptr)}
     */
    static long get_robust_list(Task task, SyscallArgs args) throws SyscallException {
        Task target = task;
        if (args.int0() != 0) {
            try (var _ = task.machine().tasks().lock().hold()) {
                Task found = task.machine().tasks().findLocked(args.int0());
                if (found == null) throw ESRCH.exception();
                target = found;
            }
            if (target.group() != task.group() && task.credentials().euid() != 0) {
                throw EPERM.exception();
            }
        }
        task.memory().writeLong(args.a2, ROBUST_HEAD_BYTES);
        task.memory().writeLong(args.a1, target.robustList());
        return 0;
    }
}
