package stasis.kernel.task;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.arch.Registers;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.mm.UserMemory;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.signal.SignalQueue;
import stasis.kernel.signal.SignalStack;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.Vfs;
import stasis.kernel.wait.WaitQueue;
import stasis.kernel.wait.Waiter;
import stasis.platform.ExecutionContext;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread of a guest program, {@code struct task_struct}, run by a platform thread of its own.
 * Split by verb: {@link TaskRun} (the loop), {@link TaskClone}, {@link TaskExec}, {@link TaskExit},
 * {@link TaskWait}, {@link TaskSignals} (delivery), {@link SignalSend}, {@link TaskStop}.
 *
 * <p>Fields without another word are touched by this task's own thread only, or by whoever has
 * stopped all tasks.
 */
@Saved("task.Task")
public final class Task implements Caller {
    private static final long NO_DEADLINE = Long.MIN_VALUE;

    private Machine machine;

    /** Changes only when a thread takes over its group in execve(2). Task set's lock. */
    private volatile int tid;

    private ThreadGroup group;

    private Registers registers = new Registers();

    private MemoryMap mm;

    @NotSaved("made of mm and limits")
    private UserMemory memory;

    private FdTable fdTable;
    private FsContext fs;

    /** Replaced whole; read by others for permission checks. */
    private volatile Credentials credentials;

    /** Blocked signals. Written by this task under the task set's lock, read by senders. */
    private volatile long signalMask;

    /** What {@link #signalMask} returns to after sigsuspend(2), ppoll(2) and the like. */
    private long savedMask;

    private boolean hasSavedMask;

    /** Sent to this very thread. Task set's lock. */
    SignalQueue pending = new SignalQueue();

    /** Raised by the processor for this task: a default action of the first process counts. */
    long forced;

    @NotSaved("made anew; signalfds register again")
    private final WaitQueue signalEvents = new WaitQueue();

    private SignalStack signalStack = SignalStack.none();

    /** set_tid_address(2), CLONE_CHILD_CLEARTID; 0 for none. */
    long clearChildTid;

    /** CLONE_CHILD_SETTID: stored by the child itself when it starts; 0 for none. */
    long setChildTid;

    /** set_robust_list(2); 0 for none. */
    long robustList;

    /** PR_SET_NAME, at most 15 bytes. */
    private volatile String name = "";

    /** PR_SET_PDEATHSIG. */
    int parentDeathSignal;

    /** personality(2). */
    private int personality;

    private int nice;

    /** A call that was interrupted and is to be made again or to fail. */
    @Nullable Restart restart;

    /** The child that this task waits for in vfork(2), until it execs or ends. */
    @Nullable Task vforkChild;

    /** This task's parent waits for it in vfork(2). Task set's lock. */
    boolean vforkParentWaits;

    /** This task is to end though its process goes on (another thread is in execve(2)). */
    volatile boolean killed;

    /** The task has ended; only a leader is kept in that state. Task set's lock. */
    boolean ended;

    /** CPU time, nanoseconds. */
    private volatile long userNanos;

    private volatile long systemNanos;

    /** sched_setaffinity(2); of no effect but in what sched_getaffinity(2) says. */
    private long affinity = -1;

    private int schedPolicy;
    private int schedPriority;

    @NotSaved("set by the thread that runs the task")
    private volatile @Nullable Thread thread;

    @NotSaved("opened by the thread that runs the task")
    private volatile @Nullable ExecutionContext context;

    /** The thread is in user code or about to enter it. */
    @NotSaved("false while the kernel is paused")
    volatile boolean inGuest;

    /** There may be something to do before user code goes on. */
    @NotSaved("a restored task looks in any case")
    volatile boolean attention = true;

    @NotSaved("sleeping calls are made again")
    private volatile boolean woken;

    /** The thread sleeps until {@link #woken}, or is about to. */
    @NotSaved("false while the kernel is paused")
    private volatile boolean asleep;

    @NotSaved("learnt again")
    private final WakeHabit wakeHabit = new WakeHabit();

    /** The call being made had been interrupted by a checkpoint, and this is what it had. */
    @NotSaved("kept in restart while the kernel is paused")
    private @Nullable Restart redoing;

    @NotSaved("kept in restart while the kernel is paused")
    private long keptDeadline = NO_DEADLINE;

    @NotSaved("kept in restart while the kernel is paused")
    private long keptProgress;

    @NotSaved("scratch")
    private MemorySegment buffer = MemorySegment.NULL;

    @SuppressWarnings("NullAway.Init")
    private Task() {}

    Task(
            Machine machine,
            int tid,
            ThreadGroup group,
            MemoryMap mm,
            FdTable fdTable,
            FsContext fs,
            Credentials credentials) {
        this.machine = machine;
        this.tid = tid;
        this.group = group;
        this.mm = mm;
        this.memory = new UserMemory(mm, group.limits());
        this.fdTable = fdTable;
        this.fs = fs;
        this.credentials = credentials;
    }

    // ---- parts

    public Machine machine() {
        return machine;
    }

    public int tid() {
        return tid;
    }

    void setTid(int newTid) {
        tid = newTid;
    }

    public ThreadGroup group() {
        return group;
    }

    @Override
    public int pid() {
        return group.pid();
    }

    public Registers registers() {
        return registers;
    }

    public MemoryMap mm() {
        return mm;
    }

    /** execve(2): another memory map, whose reference it takes. */
    void setMm(MemoryMap newMm) {
        mm = newMm;
        memory = new UserMemory(newMm, group.limits());
    }

    @Override
    public UserMemory memory() {
        return memory;
    }

    public FdTable fdTable() {
        return fdTable;
    }

    /** unshare(2), execve(2). */
    public void setFdTable(FdTable table) {
        fdTable = table;
    }

    public FsContext fs() {
        return fs;
    }

    /** unshare(2). */
    public void setFs(FsContext context) {
        fs = context;
    }

    public Vfs vfs() {
        return machine.vfs();
    }

    @Override
    public Credentials credentials() {
        return credentials;
    }

    public void setCredentials(Credentials newCredentials) {
        credentials = newCredentials;
    }

    @Override
    public ResourceLimits limits() {
        return group.limits();
    }

    @Override
    public MonotonicClock monotonicClock() {
        return machine.clock();
    }

    @Override
    public RealtimeClock realtimeClock() {
        return machine.realtime();
    }

    public String name() {
        return name;
    }

    public void setName(String newName) {
        name = newName.length() > 15 ? newName.substring(0, 15) : newName;
    }

    public int personality() {
        return personality;
    }

    public void setPersonality(int value) {
        personality = value;
    }

    public int nice() {
        return nice;
    }

    public void setNice(int value) {
        nice = value;
    }

    public long affinity() {
        return affinity;
    }

    public void setAffinity(long mask) {
        affinity = mask;
    }

    public int schedPolicy() {
        return schedPolicy;
    }

    public int schedPriority() {
        return schedPriority;
    }

    public void setScheduling(int policy, int priority) {
        schedPolicy = policy;
        schedPriority = priority;
    }

    public SignalStack signalStack() {
        return signalStack;
    }

    public void setSignalStack(SignalStack stack) {
        signalStack = stack;
    }

    public void setClearChildTid(long addr) {
        clearChildTid = addr;
    }

    public long robustList() {
        return robustList;
    }

    public void setRobustList(long addr) {
        robustList = addr;
    }

    public int parentDeathSignal() {
        return parentDeathSignal;
    }

    public void setParentDeathSignal(int signo) {
        parentDeathSignal = signo;
    }

    public long userNanos() {
        return userNanos;
    }

    public long systemNanos() {
        return systemNanos;
    }

    void addCpuTime(long user, long system) {
        userNanos += user;
        systemNanos += system;
    }

    /** For clone(2): what a child takes over. */
    void inherit(Task parent) {
        registers.copyFrom(parent.registers);
        signalMask = parent.signalMask();
        name = parent.name;
        personality = parent.personality;
        nice = parent.nice;
        affinity = parent.affinity;
        schedPolicy = parent.schedPolicy;
        schedPriority = parent.schedPriority;
    }

    /** Installs at the lowest free descriptor; takes the reference, and releases it on failure. */
    public int install(FileDescription file, boolean cloexec) throws ErrnoException {
        try {
            return fdTable.install(this, file, 0, cloexec);
        } catch (ErrnoException e) {
            file.release(this);
            throw e;
        }
    }

    // ---- signal mask

    public long signalMask() {
        return signalMask;
    }

    /** rt_sigprocmask(2). */
    public void setSignalMask(long mask) {
        try (var _ = machine.tasks().lock().hold()) {
            signalMask = mask & ~stasis.kernel.signal.SignalSet.UNBLOCKABLE;
        }
        attention = true;
    }

    void unblockLocked(long signals) {
        signalMask &= ~signals;
    }

    /** Told when a signal was sent to this task or its process; for signalfd(2). */
    public WaitQueue signalEvents() {
        return signalEvents;
    }

    /**
     * A mask for the rest of this call, as ppoll(2) and sigsuspend(2) set it: a handler that
     * interrupts the call returns to the mask from before.
     */
    public void setTemporaryMask(long mask) {
        if (!hasSavedMask) {
            savedMask = signalMask;
            hasSavedMask = true;
        }
        setSignalMask(mask);
    }

    /** The call is over and no handler was run: back to the mask from before. */
    void restoreMask() {
        if (!hasSavedMask) return;
        hasSavedMask = false;
        setSignalMask(savedMask);
    }

    /** The mask that a signal frame is to hold. */
    long takeFrameMask() {
        if (!hasSavedMask) return signalMask;
        hasSavedMask = false;
        return savedMask;
    }

    public long pendingSignals() {
        try (var _ = machine.tasks().lock().hold()) {
            return pending.pending() | group.pending.pending();
        }
    }

    /** sigpending and sigtimedwait: takes a signal of {@code wanted} that is pending. */
    public @Nullable SignalInfo takeSignal(long wanted) {
        try (var _ = machine.tasks().lock().hold()) {
            SignalInfo info = pending.take(~wanted);
            return info != null ? info : group.pending.take(~wanted);
        }
    }

    // ---- being told

    /** There is something to do: any thread. */
    void attend() {
        attention = true;
        ExecutionContext c = context;
        if (inGuest && c != null) c.interrupt();
        LockSupport.unpark(thread);
    }

    /** {@link stasis.kernel.wait.WaitTarget}: something that this task waits for may be there. */
    @Override
    public void ready(Waiter waiter, int events) {
        woken = true;
        if (asleep && Thread.currentThread() instanceof TaskThread by) followTo(by.task);
        LockSupport.unpark(thread);
    }

    private void followTo(Task waker) {
        waker.wakeHabit.woke(waker.userNanos);
        if (!waker.wakeHabit.sleepsSoon()) return;
        ExecutionContext mine = context;
        ExecutionContext its = waker.context;
        if (mine != null && its != null) mine.follow(its);
    }

    /** True for a leader that waits for its parent. */
    public boolean hasEnded() {
        return ended;
    }

    boolean mustExit() {
        return killed || group.exiting;
    }

    /** True if a sleep must end for something else than what it waits for. */
    boolean interruptPending() {
        if (mustExit() || machine.tasks().paused()) return true;
        try (var _ = machine.tasks().lock().hold()) {
            if (group.stopState() != ThreadGroup.StopState.RUNNING) return true;
            return ((pending.pending() | group.pending.pending()) & ~signalMask) != 0;
        }
    }

    // ---- sleeping

    @Override
    public void prepareSleep() {
        woken = false;
    }

    @Override
    public boolean sleep(long deadlineNanos, RestartException kind) throws RestartException {
        for (; ; ) {
            if (woken) return true;
            if (attention) {
                if (interruptPending()) {
                    keptDeadline = deadlineNanos;
                    throw kind;
                }
                attention = false;
                if (interruptPending()) attention = true;
            }
            long left = MonotonicClock.NEVER;
            if (deadlineNanos != MonotonicClock.NEVER) {
                left = deadlineNanos - machine.clock().now();
                if (left <= 0) return false;
            }
            park(left);
        }
    }

    private void park(long nanos) {
        wakeHabit.sleeps(userNanos);
        asleep = true;
        if (!woken) {
            if (nanos == MonotonicClock.NEVER) LockSupport.park(this);
            else LockSupport.parkNanos(this, nanos);
        }
        asleep = false;
        ExecutionContext c = context;
        if (c != null) c.slept();
    }

    @Override
    public long deadline(long timeoutNanos) {
        Restart r = redoing;
        if (r != null && r.deadline() != NO_DEADLINE) return r.deadline();
        if (timeoutNanos < 0) return MonotonicClock.NEVER;
        long at = machine.clock().now() + timeoutNanos;
        return at < 0 ? MonotonicClock.NEVER : at;
    }

    @Override
    public long progress() {
        Restart r = redoing;
        return r == null ? 0 : r.progress();
    }

    @Override
    public void keepProgress(long done) {
        keptProgress = done;
    }

    /** By the dispatcher, before a call is made: {@code earlier} if it was interrupted before. */
    void startCall(@Nullable Restart earlier) {
        redoing = earlier;
        keptDeadline = NO_DEADLINE;
        keptProgress = 0;
    }

    /** True while a call that a checkpoint interrupted is made again. */
    public boolean redoing() {
        return redoing != null;
    }

    /** By the dispatcher: the call has no result yet. */
    public void interruptCall(RestartException.Kind kind) {
        restart = new Restart(kind, keptDeadline, keptProgress);
        attention = true;
    }

    // ---- services for calls

    @Override
    public MemorySegment buffer(long bytes) {
        if (buffer.byteSize() < bytes) {
            buffer = Arena.ofAuto().allocate(Math.max(bytes, 64 << 10), 64);
        }
        return buffer;
    }

    @Override
    public void raiseSigpipe() {
        SignalSend.toTask(
                this, SignalInfo.user(stasis.abi.Signal.SIGPIPE, pid(), credentials.uid()));
    }

    @Override
    public void random(MemorySegment to, long at, long length) {
        machine.random().fill(to, at, length);
    }

    // ---- the thread

    public @Nullable ExecutionContext context() {
        return context;
    }

    /** Gives the task its thread and starts it. */
    public void start() {
        machine.tasks().threadStarting();
        Thread t = new TaskThread(this);
        thread = t;
        t.start();
    }

    void attach(ExecutionContext newContext) {
        context = newContext;
    }

    void detach() {
        context = null;
        inGuest = false;
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        memory = new UserMemory(restoration.ready(mm), group.limits());
    }
}
