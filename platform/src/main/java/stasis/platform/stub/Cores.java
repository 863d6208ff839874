package stasis.platform.stub;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.host.Host;
import stasis.host.Nr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Keeps the Java thread of a task and its stub thread on one core: only one of them ever runs, and
 * waking a sleeping core costs ten times as much as a stop. Who enters user code moves to a core
 * with less to do; who leaves its core idle pulls somebody over from one with two or more.
 *
 * <p>A host that refuses sched_setaffinity(2) only makes it slower.
 */
public final class Cores {
    private static final int MASK_BYTES = 128;

    /** Numbers of the host's processors that the sentry may use; empty: nothing is pinned. */
    private final int[] cpus;

    /** Threads in user code on each of {@link #cpus}. */
    private final AtomicIntegerArray busy;

    /** Pairs of threads that are not pinned. */
    private final AtomicInteger pairs = new AtomicInteger();

    private Cores(int[] cpus) {
        this.cpus = cpus;
        busy = new AtomicIntegerArray(cpus.length);
    }

    public static Cores none() {
        return new Cores(new int[0]);
    }

    /** The processors of the calling thread; none if there is no choice. */
    public static Cores ofThisThread() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            long n = Host.syscall(Nr.SCHED_GETAFFINITY, 0, MASK_BYTES, mask.address());
            int[] cpus = new int[MASK_BYTES * 8];
            int count = 0;
            for (int at = 0; at < n; at += 8) {
                for (long rest = mask.get(JAVA_LONG, at); rest != 0; rest &= rest - 1) {
                    cpus[count++] = at * 8 + Long.numberOfTrailingZeros(rest);
                }
            }
            return count < 2 ? none() : new Cores(Arrays.copyOf(cpus, count));
        }
    }

    public boolean isPinning() {
        return cpus.length > 0;
    }

    /**
     * A core for one that is at {@code core} now, counted as busy there; -1: nowhere yet.
     *
     * @param stays even if somebody else is there
     */
    public int enter(int core, boolean stays) {
        if (core < 0) {
            core = leastBusy(here()); // where the host has put it, other sandboxes considered
            busy.incrementAndGet(core);
            return core;
        }
        if (busy.incrementAndGet(core) < 2 || stays) return core;
        int best = leastBusy(core);
        if (busy.get(best) + 2 > busy.get(core)) return core;
        moved(core, best);
        return best;
    }

    /** True if {@code core} has become idle. */
    public boolean leave(int core) {
        return busy.decrementAndGet(core) == 0;
    }

    public void moved(int from, int to) {
        busy.decrementAndGet(from);
        busy.incrementAndGet(to);
    }

    /** A core with two or more threads in user code, or -1. */
    public int crowded() {
        for (int i = 0; i < cpus.length; i++) {
            if (busy.get(i) > 1) return i;
        }
        return -1;
    }

    /** A core without a thread in user code, or -1. */
    public int idle() {
        int core = leastBusy(0);
        return busy.get(core) == 0 ? core : -1;
    }

    private int leastBusy(int preferred) {
        int best = preferred;
        for (int i = 0; i < cpus.length; i++) {
            if (busy.get(i) < busy.get(best)) best = i;
        }
        return best;
    }

    /** The core with least to do of all others. Precondition: {@link #isPinning}. */
    public int leastBusyBut(int core) {
        int best = core == 0 ? 1 : 0;
        for (int i = 0; i < cpus.length; i++) {
            if (i != core && busy.get(i) < busy.get(best)) best = i;
        }
        return best;
    }

    /** The calling thread's core. Precondition: {@link #isPinning}. */
    public int here() {
        int cpu = currentCpu();
        for (int i = 0; i < cpus.length; i++) {
            if (cpus[i] == cpu) return i;
        }
        return 0;
    }

    /** Whether several threads in user code share {@code core}. */
    public boolean isCrowded(int core) {
        return busy.get(core) > 1;
    }

    /** Lets a thread, 0 for the calling one, run on one core only. */
    public void pin(int tid, int core) {
        setAffinity(tid, cpus[core]);
    }

    /**
     * Lets a sleeping thread wake on the calling thread's core, because it will work for it. Costs
     * far less than waking another core.
     */
    public void bringHere(int tid) {
        if (!isPinning()) return;
        int cpu = currentCpu();
        if (cpu >= 0) setAffinity(tid, cpu);
    }

    private static int currentCpu() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cpu = arena.allocate(JAVA_INT);
            return Host.syscall(Nr.GETCPU, cpu.address(), 0, 0) == 0 ? cpu.get(JAVA_INT, 0) : -1;
        }
    }

    /** Lets a thread, 0 for the calling one, run on all of them again. */
    public void unpin(int tid) {
        setAffinity(tid, cpus);
    }

    /** Counts a pair of threads that run at the same time; false if there are not two cores. */
    public boolean takePair() {
        int others = pairs.get() * 2;
        for (int i = 0; i < cpus.length; i++) {
            others += busy.get(i);
        }
        if (others + 2 > cpus.length) return false;
        pairs.incrementAndGet();
        return true;
    }

    public void givePair() {
        pairs.decrementAndGet();
    }

    private static void setAffinity(int tid, int... cpus) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES, 8);
            for (int cpu : cpus) {
                long at = cpu / 64 * 8L;
                mask.set(JAVA_LONG, at, mask.get(JAVA_LONG, at) | 1L << cpu % 64);
            }
            Host.syscall(Nr.SCHED_SETAFFINITY, tid, MASK_BYTES, mask.address());
        }
    }
}
