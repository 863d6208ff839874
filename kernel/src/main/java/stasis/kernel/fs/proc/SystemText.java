package stasis.kernel.fs.proc;

import stasis.arch.Pages;
import stasis.kernel.task.Machine;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.FilesystemType;

import java.util.Locale;

/** What proc says of the machine. Figures that nobody counts are 0. */
final class SystemText {
    /** As uname(2). */
    static final String RELEASE = "6.1.0-stasis";

    static final String VERSION = "#1 SMP PREEMPT_DYNAMIC Stasis";

    private static final long TICK_NANOS = 10_000_000;

    private SystemText() {}

    static String version() {
        return "Linux version " + RELEASE + " (stasis) " + VERSION + "\n";
    }

    private static int cpus(Machine machine) {
        return Long.bitCount(machine.cpus());
    }

    static String cpuinfo(Machine machine) {
        StringBuilder out = new StringBuilder();
        int n = cpus(machine);
        for (int cpu = 0; cpu < n; cpu++) {
            out.append("processor\t: ").append(cpu).append('\n');
            out.append("vendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\n");
            out.append("model name\t: Stasis virtual processor\nstepping\t: 7\n");
            out.append("cpu MHz\t\t: 2000.000\ncache size\t: 8192 KB\nphysical id\t: 0\n");
            out.append("siblings\t: ").append(n).append("\ncore id\t\t: ").append(cpu);
            out.append("\ncpu cores\t: ").append(n).append("\nfpu\t\t: yes\n");
            out.append("cpuid level\t: 22\nwp\t\t: yes\n");
            out.append("flags\t\t: fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat");
            out.append(" pse36 clflush mmx fxsr sse sse2 ht syscall nx lm constant_tsc pni\n");
            out.append("bogomips\t: 4000.00\nclflush size\t: 64\ncache_alignment\t: 64\n");
            out.append("address sizes\t: 46 bits physical, 48 bits virtual\n\n");
        }
        return out.toString();
    }

    static String meminfo(Machine machine) {
        long total = machine.memory().totalPages() << Pages.SHIFT - 10;
        long used = (long) machine.memory().used() << Pages.SHIFT - 10;
        long free = Math.max(0, total - used);
        StringBuilder out = new StringBuilder();
        kilobytes(out, "MemTotal", total);
        kilobytes(out, "MemFree", free);
        kilobytes(out, "MemAvailable", free);
        for (String name : new String[] {"Buffers", "Cached", "SwapCached"}) {
            kilobytes(out, name, 0);
        }
        kilobytes(out, "Active", used);
        kilobytes(out, "Inactive", 0);
        kilobytes(out, "SwapTotal", 0);
        kilobytes(out, "SwapFree", 0);
        kilobytes(out, "AnonPages", used);
        for (String name : new String[] {"Dirty", "Writeback", "Mapped", "Shmem", "Slab"}) {
            kilobytes(out, name, 0);
        }
        kilobytes(out, "CommitLimit", total);
        kilobytes(out, "Committed_AS", used);
        out.append("HugePages_Total:       0\nHugePages_Free:        0\n");
        kilobytes(out, "Hugepagesize", 2048);
        return out.toString();
    }

    private static void kilobytes(StringBuilder out, String name, long value) {
        out.append(String.format(Locale.ROOT, "%-15s %8d kB\n", name + ":", value));
    }

    static String vmstat(Machine machine) {
        long used = machine.memory().used();
        long free = machine.memory().totalPages() - used;
        return "nr_free_pages " + free + "\nnr_anon_pages " + used + "\npgfault 0\npgmajfault 0\n";
    }

    /** CPU time of processes that still exist, in ticks, as if of one processor. */
    static String stat(Machine machine) {
        long user = 0;
        long system = 0;
        int running = 1;
        try (var _ = machine.tasks().lock().hold()) {
            for (ThreadGroup g : machine.tasks().groupsLocked()) {
                user += g.userNanos() + g.childrenUserNanos();
                system += g.systemNanos() + g.childrenSystemNanos();
            }
        }
        long up = machine.clock().now() / TICK_NANOS;
        long u = user / TICK_NANOS;
        long s = system / TICK_NANOS;
        int n = cpus(machine);
        long idle = Math.max(0, up * n - u - s);
        StringBuilder out = new StringBuilder();
        out.append("cpu  ").append(u).append(" 0 ").append(s).append(' ').append(idle);
        out.append(" 0 0 0 0 0 0\n");
        for (int cpu = 0; cpu < n; cpu++) {
            out.append("cpu").append(cpu).append(' ').append(u / n).append(" 0 ").append(s / n);
            out.append(' ').append(idle / n).append(" 0 0 0 0 0 0\n");
        }
        long boot = (machine.realtime().now() - machine.clock().now()) / 1_000_000_000L;
        out.append("intr 0\nctxt 0\nbtime ").append(boot).append("\nprocesses 0\nprocs_running ");
        return out.append(running).append("\nprocs_blocked 0\n").toString();
    }

    static String uptime(Machine machine) {
        double up = machine.clock().now() / 1e9;
        return String.format(Locale.ROOT, "%.2f %.2f\n", up, up * cpus(machine));
    }

    static String loadavg(Machine machine) {
        int tasks;
        try (var _ = machine.tasks().lock().hold()) {
            tasks = machine.tasks().tasksLocked().size();
        }
        return "0.00 0.00 0.00 1/" + tasks + " 0\n";
    }

    static String filesystems(Machine machine) {
        StringBuilder out = new StringBuilder();
        for (FilesystemType type : machine.vfs().filesystemTypes()) {
            out.append("nodev\t").append(type.name()).append('\n');
        }
        return out.toString();
    }

    static String devices() {
        return """
        Character devices:
          1 mem
          4 tty
          5 /dev/tty
          5 /dev/console
          5 /dev/ptmx
        136 pts

        Block devices:
        """;
    }
}
