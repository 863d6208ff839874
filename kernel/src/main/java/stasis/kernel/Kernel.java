package stasis.kernel;

import org.jspecify.annotations.Nullable;

import stasis.abi.SyscallException;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.mm.Premap;
import stasis.kernel.net.Network;
import stasis.kernel.syscall.Strace;
import stasis.kernel.syscall.SyscallDispatch;
import stasis.kernel.syscall.linux.LinuxX64;
import stasis.kernel.task.Machine;
import stasis.kernel.task.ProcessStart;
import stasis.kernel.task.RandomSource;
import stasis.kernel.task.SyscallEntry;
import stasis.kernel.task.Task;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.time.HostClock;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.vdso.VdsoClock;
import stasis.kernel.vdso.VdsoPages;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.Vfs;
import stasis.kernel.wait.Waiter;
import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.LinkedHashSet;
import java.util.Set;

/** One kernel: the root of the object graph that a snapshot holds. */
@Saved("kernel.Kernel")
public final class Kernel {
    /** For tasks on their way out of a call, in nanoseconds. */
    private static final long PATIENCE = 2_000_000_000;

    private Machine machine;

    @NotSaved("made anew by the hook")
    private TimerThread timers;

    @NotSaved("of a kernel that was restored and not yet started")
    private boolean prepared;

    @SuppressWarnings("NullAway.Init")
    private Kernel() {}

    /** A kernel without a process and without a file system. */
    public Kernel(Platform platform, HostClock clock, RandomSource random, SyscallEntry calls) {
        GuestMemory memory = new GuestMemory(platform.memory());
        MonotonicClock monotonic = new MonotonicClock(clock, 0);
        this.machine =
                new Machine(
                        platform,
                        calls,
                        random,
                        memory,
                        monotonic,
                        new RealtimeClock(clock),
                        new VdsoClock(new VdsoPages(memory), monotonic, clock),
                        new Vfs(),
                        new Network(new DrawnEntropy(random), monotonic));
        this.timers = new TimerThread(monotonic);
        timers.start();
        machine.vdso().start();
        machine.network().start();
    }

    /** The calls of Linux on x86-64, told to {@code strace} if it is not null. */
    public static SyscallDispatch calls(@Nullable Strace strace) {
        return new SyscallDispatch(LinuxX64.table(), strace);
    }

    public Machine machine() {
        return machine;
    }

    /**
     * A process that the outside wants: the first one, or one more beside it. Not yet running:
     * {@link Task#start} its leader.
     */
    public ThreadGroup createProcess(FsContext fs, FileDescription program, ProcessStart.Spec spec)
            throws SyscallException, PlatformException {
        return ProcessStart.create(machine, fs, program, spec).group();
    }

    /** Blocks until {@code group} has ended; its wait(2) status. */
    public int awaitExit(ThreadGroup group) {
        java.util.concurrent.locks.ReentrantLock lock =
                new java.util.concurrent.locks.ReentrantLock();
        java.util.concurrent.locks.Condition changed = lock.newCondition();
        Waiter waiter =
                new Waiter(
                        (w, e) -> {
                            lock.lock();
                            try {
                                changed.signalAll();
                            } finally {
                                lock.unlock();
                            }
                        },
                        -1);
        group.exitEvents().add(waiter);
        lock.lock();
        try {
            while (!group.isZombie()) changed.awaitUninterruptibly();
            return group.exitStatus();
        } finally {
            lock.unlock();
            group.exitEvents().remove(waiter);
        }
    }

    /** Stops every task and every clock; nothing of the guest moves until {@link #resume}. */
    public void pause() {
        machine.tasks().pause();
        machine.network().stop();
        timers.quiesced(
                () -> {
                    machine.clock().stop();
                    machine.vdso().stop();
                });
    }

    public void resume() {
        goOn();
        machine.tasks().resume();
    }

    private void goOn() {
        machine.clock().start();
        machine.vdso().start();
        machine.network().start();
    }

    /** After a restore: gives every task its thread and sets the clocks going. */
    public void start() {
        machine.identity().announce();
        timers.start();
        goOn();
        if (prepared) machine.tasks().resume();
        else startTasks();
    }

    /**
     * After a restore, for one that is to be started some time later: gives every task its thread,
     * which waits, and puts in place what of its memory is there.
     */
    public void prepare() {
        prepared = true;
        Set<MemoryMap> maps = new LinkedHashSet<>();
        try (var _ = machine.tasks().lock().hold()) {
            for (Task t : machine.tasks().tasksLocked()) if (!t.hasEnded()) maps.add(t.mm());
        }
        for (MemoryMap mm : maps) Premap.present(mm);
        machine.tasks().startPaused();
        startTasks();
    }

    private void startTasks() {
        java.util.List<Task> tasks;
        try (var _ = machine.tasks().lock().hold()) {
            tasks = machine.tasks().tasksLocked();
        }
        for (Task t : tasks) if (!t.hasEnded()) t.start();
    }

    /**
     * Throws a paused kernel away, as a checkpoint without {@code --leave-running} does: its
     * threads and stubs end, its files are not closed. The platform stays.
     */
    public void abandon() {
        timers.end();
        machine.network().end();
        machine.tasks().abandon();
        java.util.List<Task> tasks;
        try (var _ = machine.tasks().lock().hold()) {
            tasks = machine.tasks().tasksLocked();
        }
        for (Task t : tasks) if (!t.hasEnded()) t.mm().space().release();
    }

    /**
     * The kernel is not needed any more: tasks that still run end where they are.
     *
     * @return false if one of them is held up in a call of the host; memory and platform must then
     *     stay
     */
    public boolean close() {
        timers.end();
        machine.network().end();
        return machine.tasks().abandonRunning(PATIENCE);
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        timers = new TimerThread(restoration.ready(restoration.ready(machine).clock()));
    }
}
