package stasis.kernel.syscall.linux;

import static stasis.abi.Capability.CAP_SETPCAP;
import static stasis.abi.Capability.CAP_SYS_ADMIN;
import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;
import static stasis.abi.Prctl.ARCH_GET_FS;
import static stasis.abi.Prctl.ARCH_GET_GS;
import static stasis.abi.Prctl.ARCH_SET_FS;
import static stasis.abi.Prctl.ARCH_SET_GS;
import static stasis.abi.Prctl.PR_CAPBSET_DROP;
import static stasis.abi.Prctl.PR_CAPBSET_READ;
import static stasis.abi.Prctl.PR_CAP_AMBIENT;
import static stasis.abi.Prctl.PR_CAP_AMBIENT_CLEAR_ALL;
import static stasis.abi.Prctl.PR_CAP_AMBIENT_IS_SET;
import static stasis.abi.Prctl.PR_CAP_AMBIENT_LOWER;
import static stasis.abi.Prctl.PR_CAP_AMBIENT_RAISE;
import static stasis.abi.Prctl.PR_GET_CHILD_SUBREAPER;
import static stasis.abi.Prctl.PR_GET_DUMPABLE;
import static stasis.abi.Prctl.PR_GET_KEEPCAPS;
import static stasis.abi.Prctl.PR_GET_NAME;
import static stasis.abi.Prctl.PR_GET_NO_NEW_PRIVS;
import static stasis.abi.Prctl.PR_GET_PDEATHSIG;
import static stasis.abi.Prctl.PR_GET_SECUREBITS;
import static stasis.abi.Prctl.PR_GET_TIMERSLACK;
import static stasis.abi.Prctl.PR_SET_CHILD_SUBREAPER;
import static stasis.abi.Prctl.PR_SET_DUMPABLE;
import static stasis.abi.Prctl.PR_SET_KEEPCAPS;
import static stasis.abi.Prctl.PR_SET_NAME;
import static stasis.abi.Prctl.PR_SET_NO_NEW_PRIVS;
import static stasis.abi.Prctl.PR_SET_PDEATHSIG;
import static stasis.abi.Prctl.PR_SET_SECUREBITS;
import static stasis.abi.Prctl.PR_SET_TIMERSLACK;
import static stasis.abi.Prctl.PR_SET_VMA;
import static stasis.abi.Random.GRND_INSECURE;
import static stasis.abi.Random.GRND_NONBLOCK;
import static stasis.abi.Random.GRND_RANDOM;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.arch.Registers;
import stasis.kernel.auth.Credentials;
import stasis.kernel.signal.SignalSet;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.ProcessFlags;
import stasis.kernel.task.Task;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What the system says of itself, prctl(2), scheduling, random bytes. */
final class SystemSyscalls {
    private static final int UTS_FIELD = 65;

    /** What uname(2) says; guests see the behaviour of this version or newer. */
    private static final String RELEASE = "6.1.0-stasis";

    private static final String VERSION = "#1 SMP PREEMPT_DYNAMIC Stasis";
    private static final int HOST_NAME_MAX = 64;
    private static final int RANDOM_CHUNK = 64 << 10;

    /** Linux's CONFIG_NR_CPUS bound for what sched_getaffinity(2) returns: 8 bytes. */
    private static final int AFFINITY_BYTES = 8;

    private static final long TIMER_SLACK_NANOS = 50_000;

    private SystemSyscalls() {}

    /** {@code int uname(struct utsname *buf)} */
    static long uname(Task task, SyscallArgs args) throws SyscallException {
        byte[] all = new byte[UTS_FIELD * 6];
        String[] fields = {
            "Linux",
            task.machine().hostName(),
            RELEASE,
            VERSION,
            "x86_64",
            task.machine().domainName()
        };
        for (int i = 0; i < fields.length; i++) {
            byte[] text = fields[i].getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(text, 0, all, i * UTS_FIELD, Math.min(text.length, UTS_FIELD - 1));
        }
        task.memory().writeBytes(args.a0, all);
        return 0;
    }

    private static String name(Task task, SyscallArgs args) throws ErrnoException {
        if (!task.credentials().has(CAP_SYS_ADMIN)) throw EPERM.exception();
        if (args.int1() < 0 || args.int1() > HOST_NAME_MAX) throw EINVAL.exception();
        return new String(
                task.memory().readBytes(args.a0, args.int1()), StandardCharsets.ISO_8859_1);
    }

    /** {@code int sethostname(const char *name, size_t len)} */
    static long sethostname(Task task, SyscallArgs args) throws SyscallException {
        task.machine().setHostName(name(task, args));
        return 0;
    }

    /** {@code int setdomainname(const char *name, size_t len)} */
    static long setdomainname(Task task, SyscallArgs args) throws SyscallException {
        task.machine().setDomainName(name(task, args));
        return 0;
    }

    /** {@code int sysinfo(struct sysinfo *info)}, 112 bytes. */
    static long sysinfo(Task task, SyscallArgs args) throws SyscallException {
        byte[] bytes = new byte[112];
        java.nio.ByteBuffer b =
                java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        long total = task.machine().memory().totalPages() << 12;
        long free = total - ((long) task.machine().memory().used() << 12);
        int processes;
        try (var _ = task.machine().tasks().lock().hold()) {
            processes = task.machine().tasks().tasksLocked().size();
        }
        b.putLong(0, task.monotonicClock().now() / TimeArgs.SECOND);
        b.putLong(32, total).putLong(40, free);
        b.putShort(80, (short) Math.min(processes, 65535));
        b.putInt(104, 1);
        task.memory().writeBytes(args.a0, bytes);
        return 0;
    }

    /** {@code ssize_t getrandom(void *buf, size_t buflen, unsigned int flags)} */
    static long getrandom(Task task, SyscallArgs args) throws SyscallException {
        int flags = args.int2();
        if ((flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) != 0) throw EINVAL.exception();
        if ((flags & GRND_RANDOM) != 0 && (flags & GRND_INSECURE) != 0) throw EINVAL.exception();
        long length = Math.min(args.a1, 0x7fff_f000L);
        if (length < 0) length = 0x7fff_f000L;
        MemorySegment buffer = task.buffer(RANDOM_CHUNK);
        for (long done = 0; done < length; ) {
            long n = Math.min(RANDOM_CHUNK, length - done);
            task.random(buffer, 0, n);
            try {
                task.memory().write(args.a0 + done, buffer, 0, n);
            } catch (ErrnoException e) {
                if (done == 0) throw e;
                return done;
            }
            done += n;
        }
        return length;
    }

    /** {@code int getcpu(unsigned int *cpu, unsigned int *node, void *unused)} */
    static long getcpu(Task task, SyscallArgs args) throws SyscallException {
        if (args.a0 != 0) task.memory().writeInt(args.a0, 0);
        if (args.a1 != 0) task.memory().writeInt(args.a1, 0);
        return 0;
    }

    /** {@code int arch_prctl(int op, unsigned long addr)} */
    static long arch_prctl(Task task, SyscallArgs args) throws SyscallException {
        Registers r = task.registers();
        switch (args.int0()) {
            case ARCH_SET_FS, ARCH_SET_GS -> {
                if (args.a1 < 0 || args.a1 >= task.mm().limit()) throw EPERM.exception();
                r.set(args.int0() == ARCH_SET_FS ? Registers.FS_BASE : Registers.GS_BASE, args.a1);
            }
            case ARCH_GET_FS -> task.memory().writeLong(args.a1, r.get(Registers.FS_BASE));
            case ARCH_GET_GS -> task.memory().writeLong(args.a1, r.get(Registers.GS_BASE));
            default -> throw EINVAL.exception();
        }
        return 0;
    }

    /** {@code int personality(unsigned long persona)} */
    static long personality(Task task, SyscallArgs args) {
        int old = task.personality();
        if (args.int0() != -1) task.setPersonality(args.int0());
        return old & 0xffffffffL;
    }

    // ---- prctl(2)

    /** {@code int prctl(int op, ...)} */
    static long prctl(Task task, SyscallArgs args) throws SyscallException {
        Credentials c = task.credentials();
        switch (args.int0()) {
            case PR_SET_NAME -> task.setName(shortString(task, args.a1));
            case PR_GET_NAME -> {
                byte[] name = task.name().getBytes(StandardCharsets.ISO_8859_1);
                task.memory().writeBytes(args.a1, Arrays.copyOf(name, 16));
            }
            case PR_SET_PDEATHSIG -> {
                if (args.a1 != 0 && !SignalSet.valid((int) args.a1)) throw EINVAL.exception();
                task.setParentDeathSignal((int) args.a1);
            }
            case PR_GET_PDEATHSIG -> task.memory().writeInt(args.a1, task.parentDeathSignal());
            case PR_SET_DUMPABLE -> {
                if (args.a1 != 0 && args.a1 != 1) throw EINVAL.exception();
                ProcessFlags.setDumpable(task, (int) args.a1);
            }
            case PR_GET_DUMPABLE -> {
                return task.group().dumpable();
            }
            case PR_SET_CHILD_SUBREAPER -> ProcessFlags.setSubreaper(task, args.a1 != 0);
            case PR_GET_CHILD_SUBREAPER ->
                    task.memory().writeInt(args.a1, ProcessFlags.subreaper(task) ? 1 : 0);
            case PR_SET_NO_NEW_PRIVS -> {
                if (args.a1 != 1 || args.a2 != 0) throw EINVAL.exception();
                task.setCredentials(c.withNoNewPrivs());
            }
            case PR_GET_NO_NEW_PRIVS -> {
                return c.noNewPrivs() ? 1 : 0;
            }
            case PR_CAPBSET_READ -> {
                if (args.a1 < 0 || args.a1 > 40) throw EINVAL.exception();
                return c.bounding() >> args.a1 & 1;
            }
            case PR_CAPBSET_DROP -> dropBounding(task, c, args.a1);
            case PR_CAP_AMBIENT -> {
                return ambient(task, c, args.int1(), args.a2);
            }
            case PR_GET_SECUREBITS -> {
                return c.securebits();
            }
            case PR_SET_SECUREBITS -> {
                if (!c.has(CAP_SETPCAP)) throw EPERM.exception();
                task.setCredentials(c.withSecurebits((int) args.a1));
            }
            case PR_GET_KEEPCAPS -> {
                return c.securebits() >> 4 & 1;
            }
            case PR_SET_KEEPCAPS -> {
                if (args.a1 > 1) throw EINVAL.exception();
                int bits = c.securebits() & ~0x10;
                task.setCredentials(c.withSecurebits(bits | (int) args.a1 << 4));
            }
            case PR_SET_TIMERSLACK -> {}
            case PR_GET_TIMERSLACK -> {
                return TIMER_SLACK_NANOS;
            }
            case PR_SET_VMA -> {}
            default -> throw EINVAL.exception();
        }
        return 0;
    }

    private static String shortString(Task task, long addr) throws ErrnoException {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 15; i++) {
            int b = task.memory().readByte(addr + i);
            if (b == 0) break;
            s.append((char) b);
        }
        return s.toString();
    }

    private static void dropBounding(Task task, Credentials c, long cap) throws ErrnoException {
        if (cap < 0 || cap > 40) throw EINVAL.exception();
        if (!c.has(CAP_SETPCAP)) throw EPERM.exception();
        task.setCredentials(
                c.withCapabilities(
                        c.permitted(),
                        c.effective(),
                        c.inheritable(),
                        c.bounding() & ~(1L << cap),
                        c.ambient()));
    }

    private static long ambient(Task task, Credentials c, int op, long cap) throws ErrnoException {
        if (op == PR_CAP_AMBIENT_CLEAR_ALL) {
            setAmbient(task, c, 0);
            return 0;
        }
        if (cap < 0 || cap > 40) throw EINVAL.exception();
        long bit = 1L << cap;
        switch (op) {
            case PR_CAP_AMBIENT_IS_SET -> {
                return (c.ambient() & bit) != 0 ? 1 : 0;
            }
            case PR_CAP_AMBIENT_RAISE -> {
                if ((c.permitted() & c.inheritable() & bit) == 0) throw EPERM.exception();
                setAmbient(task, c, c.ambient() | bit);
            }
            case PR_CAP_AMBIENT_LOWER -> setAmbient(task, c, c.ambient() & ~bit);
            default -> throw EINVAL.exception();
        }
        return 0;
    }

    private static void setAmbient(Task task, Credentials c, long ambient) {
        task.setCredentials(
                c.withCapabilities(
                        c.permitted(), c.effective(), c.inheritable(), c.bounding(), ambient));
    }

    // ---- scheduling

    private static Task find(Task task, int tid) throws ErrnoException {
        if (tid < 0) throw EINVAL.exception();
        if (tid == 0) return task;
        try (var _ = task.machine().tasks().lock().hold()) {
            Task found = task.machine().tasks().findLocked(tid);
            if (found == null) throw ESRCH.exception();
            return found;
        }
    }

    /** {@code int sched_yield(void)} */
    static long sched_yield(Task task, SyscallArgs args) {
        Thread.yield();
        return 0;
    }

    /** {@code int sched_getaffinity(pid_t pid, size_t cpusetsize, cpu_set_t *mask)} */
    static long sched_getaffinity(Task task, SyscallArgs args) throws SyscallException {
        Task target = find(task, args.int0());
        if (args.a1 < AFFINITY_BYTES || (args.a1 & 7) != 0) throw EINVAL.exception();
        task.memory().writeLong(args.a2, target.affinity() & task.machine().cpus());
        return AFFINITY_BYTES;
    }

    /** {@code int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask)} */
    static long sched_setaffinity(Task task, SyscallArgs args) throws SyscallException {
        Task target = find(task, args.int0());
        long mask = 0;
        int n = (int) Math.min(args.a1, AFFINITY_BYTES);
        if (n < 0) throw EFAULT.exception();
        byte[] bytes = task.memory().readBytes(args.a2, n);
        for (int i = 0; i < n; i++) mask |= (bytes[i] & 0xffL) << (8 * i);
        if ((mask & task.machine().cpus()) == 0) throw EINVAL.exception();
        target.setAffinity(mask);
        return 0;
    }

    /** {@code int sched_getscheduler(pid_t pid)} */
    static long sched_getscheduler(Task task, SyscallArgs args) throws SyscallException {
        return find(task, args.int0()).schedPolicy();
    }

    /** {@code int sched_getparam(pid_t pid, struct sched_param *param)} */
    static long sched_getparam(Task task, SyscallArgs args) throws SyscallException {
        task.memory().writeInt(args.a1, find(task, args.int0()).schedPriority());
        return 0;
    }

    private static boolean realtime(int policy) {
        return policy == 1 || policy == 2;
    }

    private static long schedule(Task task, int pid, int policy, int priority)
            throws ErrnoException {
        Task target = find(task, pid);
        int most = realtime(policy) ? 99 : 0;
        int least = realtime(policy) ? 1 : 0;
        if (policy < 0 || policy > 5 || policy == 4) throw EINVAL.exception();
        if (priority < least || priority > most) throw EINVAL.exception();
        if (realtime(policy) && !task.credentials().has(stasis.abi.Capability.CAP_SYS_NICE)) {
            throw EPERM.exception();
        }
        target.setScheduling(policy, priority);
        return 0;
    }

    /** {@code int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)} */
    static long sched_setscheduler(Task task, SyscallArgs args) throws SyscallException {
        int policy = args.int1() & ~0x40000000;
        return schedule(task, args.int0(), policy, task.memory().readInt(args.a2));
    }

    /** {@code int sched_setparam(pid_t pid, const struct sched_param *param)} */
    static long sched_setparam(Task task, SyscallArgs args) throws SyscallException {
        int policy = find(task, args.int0()).schedPolicy();
        return schedule(task, args.int0(), policy, task.memory().readInt(args.a1));
    }

    /** {@code int sched_get_priority_max(int policy)} */
    static long sched_get_priority_max(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() < 0 || args.int0() > 6 || args.int0() == 4) throw EINVAL.exception();
        return realtime(args.int0()) ? 99 : 0;
    }

    /** {@code int sched_get_priority_min(int policy)} */
    static long sched_get_priority_min(Task task, SyscallArgs args) throws SyscallException {
        if (args.int0() < 0 || args.int0() > 6 || args.int0() == 4) throw EINVAL.exception();
        return realtime(args.int0()) ? 1 : 0;
    }

    /** {@code int sched_rr_get_interval(pid_t pid, struct timespec *tp)} */
    static long sched_rr_get_interval(Task task, SyscallArgs args) throws SyscallException {
        find(task, args.int0());
        TimeArgs.writeTimespec(task, args.a1, 100_000_000);
        return 0;
    }
}
