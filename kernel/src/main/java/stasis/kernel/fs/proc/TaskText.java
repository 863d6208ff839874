package stasis.kernel.fs.proc;

import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.signal.SignalAction;
import stasis.kernel.signal.SignalActions;
import stasis.kernel.task.ControllingTerminal;
import stasis.kernel.task.Session;
import stasis.kernel.task.Task;
import stasis.kernel.task.TaskSet;
import stasis.kernel.task.ThreadGroup;

import java.util.List;
import java.util.Locale;

/** {@code /proc/pid/stat} and {@code status}. */
final class TaskText {
    /** USER_HZ is 100. */
    private static final long TICK_NANOS = 10_000_000;

    private static final int SIGNALS = 64;

    private TaskText() {}

    /** What can change under the reader, taken at one moment under the task set's lock. */
    private record Moment(
            char state,
            int parent,
            int processGroup,
            int session,
            long terminal,
            int foreground,
            int threads,
            long user,
            long system,
            long childrenUser,
            long childrenSystem) {}

    private static Moment moment(Caller caller, Task task, boolean thread) {
        TaskSet set = task.machine().tasks();
        ThreadGroup g = task.group();
        ControllingTerminal tty;
        try (var _ = set.lock().hold()) {
            tty = g.session().terminal();
        }
        // A terminal has a lock of its own that comes before the task set's.
        long terminal = tty == null ? 0 : tty.device();
        int foreground = tty == null ? -1 : foreground(tty);
        try (var _ = set.lock().hold()) {
            Session session = g.session();
            return new Moment(
                    state(caller, task),
                    g.parentPid(),
                    g.processGroup().id(),
                    session.id(),
                    terminal,
                    foreground,
                    g.tasks().size(),
                    thread ? task.userNanos() : g.userNanos(),
                    thread ? task.systemNanos() : g.systemNanos(),
                    g.childrenUserNanos(),
                    g.childrenSystemNanos());
        }
    }

    private static int foreground(ControllingTerminal tty) {
        int group = tty.foregroundGroup();
        return group == 0 ? -1 : group;
    }

    /** Unlike Linux, a task that runs and is not the reader is shown as sleeping. */
    private static char state(Caller caller, Task task) {
        if (task.group().isZombie()) return 'Z';
        if (task.group().isStopped()) return 'T';
        return caller == task ? 'R' : 'S';
    }

    /** The 52 fields of proc_pid_stat(5); what is not known is 0. */
    static String stat(Caller caller, Task task, boolean thread) {
        Moment m = moment(caller, task, thread);
        MemoryMap mm = task.mm();
        boolean gone = m.state == 'Z';
        int id = thread ? task.tid() : task.group().pid();
        int priority = 20 + task.nice();
        return id
                + " ("
                + task.name()
                + ") "
                + m.state
                + " "
                + m.parent
                + " "
                + m.processGroup
                + " "
                + m.session
                + " "
                + m.terminal
                + " "
                + m.foreground
                + " 4194304 0 0 0 0 "
                + m.user / TICK_NANOS
                + " "
                + m.system / TICK_NANOS
                + " "
                + m.childrenUser / TICK_NANOS
                + " "
                + m.childrenSystem / TICK_NANOS
                + " "
                + priority
                + " "
                + task.nice()
                + " "
                + m.threads
                + " 0 "
                + task.group().startNanos() / TICK_NANOS
                + " "
                + (gone ? 0 : mm.totalBytes())
                + " "
                + (gone ? 0 : mm.residentPages())
                + " "
                + Long.toUnsignedString(task.limits().soft(5))
                + " 0 0 0 0 0 "
                + signalNumbers(task)
                + " 0 0 0 17 0 "
                + task.schedPriority()
                + " "
                + task.schedPolicy()
                + " 0 0 0 0 0 "
                + (gone ? 0 : mm.brkStart())
                + " "
                + (gone ? 0 : mm.argStart())
                + " "
                + (gone ? 0 : mm.argEnd())
                + " "
                + (gone ? 0 : mm.envStart())
                + " "
                + (gone ? 0 : mm.envEnd())
                + " "
                + task.group().exitStatus()
                + "\n";
    }

    /** Pending, blocked, ignored, caught; as decimal numbers, signals 1 to 31. */
    private static String signalNumbers(Task task) {
        long low = 0x7fffffff;
        return (task.pendingSignals() & low)
                + " "
                + (task.signalMask() & low)
                + " "
                + (ignored(task) & low)
                + " "
                + (caught(task) & low);
    }

    private static long ignored(Task task) {
        return signals(task.group().actions(), true);
    }

    private static long caught(Task task) {
        return signals(task.group().actions(), false);
    }

    private static long signals(SignalActions actions, boolean ignored) {
        long set = 0;
        for (int signo = 1; signo <= SIGNALS; signo++) {
            long handler = actions.get(signo).handler();
            boolean in =
                    ignored
                            ? handler == SignalAction.IGNORE
                            : handler != SignalAction.IGNORE && handler != SignalAction.DEFAULT;
            if (in) set |= 1L << (signo - 1);
        }
        return set;
    }

    static String status(Caller caller, Task task) {
        Moment m = moment(caller, task, false);
        Credentials c = task.credentials();
        StringBuilder out = new StringBuilder();
        line(out, "Name", task.name().replace("\\", "\\\\").replace("\n", "\\n"));
        line(out, "Umask", String.format(Locale.ROOT, "%04o", task.fs().umask()));
        line(out, "State", stateText(m.state));
        line(out, "Tgid", task.group().pid());
        line(out, "Ngid", 0);
        line(out, "Pid", task.tid());
        line(out, "PPid", m.parent);
        line(out, "TracerPid", 0);
        line(out, "Uid", ids(c.uid(), c.euid(), c.suid(), c.fsuid()));
        line(out, "Gid", ids(c.gid(), c.egid(), c.sgid(), c.fsgid()));
        line(out, "FDSize", Math.max(64, Integer.highestOneBit(task.fdTable().last() + 1) * 2));
        line(out, "Groups", groups(c.groups()));
        line(out, "NStgid", task.group().pid());
        line(out, "NSpid", task.tid());
        line(out, "NSpgid", m.processGroup);
        line(out, "NSsid", m.session);
        if (m.state != 'Z') memory(out, task.mm());
        line(out, "Threads", m.threads);
        signalSets(out, task);
        capabilities(out, c);
        cpus(out, task);
        return out.toString();
    }

    private static void memory(StringBuilder out, MemoryMap mm) {
        long resident = mm.residentPages() << 2;
        kilobytes(out, "VmPeak", mm.totalBytes() >> 10);
        kilobytes(out, "VmSize", mm.totalBytes() >> 10);
        kilobytes(out, "VmLck", 0);
        kilobytes(out, "VmHWM", resident);
        kilobytes(out, "VmRSS", resident);
    }

    private static void signalSets(StringBuilder out, Task task) {
        line(out, "SigQ", "0/" + task.limits().soft(11));
        line(out, "SigPnd", "0000000000000000");
        line(out, "ShdPnd", hex(task.pendingSignals()));
        line(out, "SigBlk", hex(task.signalMask()));
        line(out, "SigIgn", hex(ignored(task)));
        line(out, "SigCgt", hex(caught(task)));
    }

    private static void capabilities(StringBuilder out, Credentials c) {
        line(out, "CapInh", hex(c.inheritable()));
        line(out, "CapPrm", hex(c.permitted()));
        line(out, "CapEff", hex(c.effective()));
        line(out, "CapBnd", hex(c.bounding()));
        line(out, "CapAmb", hex(c.ambient()));
        line(out, "NoNewPrivs", c.noNewPrivs() ? 1 : 0);
        line(out, "Seccomp", 0);
    }

    private static void cpus(StringBuilder out, Task task) {
        long cpus = task.machine().cpus() & task.affinity();
        int last = 63 - Long.numberOfLeadingZeros(Math.max(1, cpus));
        line(out, "Cpus_allowed", Long.toHexString(cpus));
        line(out, "Cpus_allowed_list", last == 0 ? "0" : "0-" + last);
        line(out, "Mems_allowed", "1");
        line(out, "Mems_allowed_list", "0");
        line(out, "voluntary_ctxt_switches", 0);
        line(out, "nonvoluntary_ctxt_switches", 0);
    }

    private static String stateText(char state) {
        return switch (state) {
            case 'R' -> "R (running)";
            case 'T' -> "T (stopped)";
            case 'Z' -> "Z (zombie)";
            default -> "S (sleeping)";
        };
    }

    private static String ids(int a, int b, int c, int d) {
        return Integer.toUnsignedString(a)
                + "\t"
                + Integer.toUnsignedString(b)
                + "\t"
                + Integer.toUnsignedString(c)
                + "\t"
                + Integer.toUnsignedString(d);
    }

    private static String groups(List<Integer> groups) {
        StringBuilder out = new StringBuilder();
        for (int g : groups) out.append(Integer.toUnsignedString(g)).append(' ');
        return out.toString();
    }

    private static String hex(long set) {
        return String.format(Locale.ROOT, "%016x", set);
    }

    private static void kilobytes(StringBuilder out, String name, long value) {
        line(out, name, String.format(Locale.ROOT, "%8d kB", value));
    }

    private static void line(StringBuilder out, String name, Object value) {
        out.append(name).append(":\t").append(value).append('\n');
    }
}
