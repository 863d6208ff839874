package stasis.kernel.task;

import org.jspecify.annotations.Nullable;

import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.signal.SignalActions;
import stasis.kernel.signal.SignalQueue;
import stasis.kernel.wait.WaitQueue;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/**
 * A process: what its threads share in the eyes of signals and parents, {@code struct
 * signal_struct}. Everything under the task set's lock unless it says otherwise.
 */
@Saved("task.ThreadGroup")
public final class ThreadGroup {
    /** Like Linux's SIGNAL_STOP_STOPPED and friends. */
    enum StopState {
        RUNNING,
        STOPPING,
        STOPPED
    }

    private int pid;

    /** The leader first. Tasks that have not ended. */
    List<Task> tasks = new ArrayList<>();

    /** The task whose tid is {@link #pid}; stays after its end. */
    Task leader;

    /** Null for the first process and for those that exec sessions start. */
    @Nullable ThreadGroup parent;

    List<ThreadGroup> children = new ArrayList<>();
    ProcessGroup processGroup;

    /** Sent to the process; any thread may take them. */
    SignalQueue pending = new SignalQueue();

    /** Shared with CLONE_SIGHAND. */
    SignalActions actions;

    private ResourceLimits limits;

    /** What the parent gets at the end, usually SIGCHLD; 0 for none. */
    int exitSignal;

    /** Every task is to end with {@link #exitStatus}. Also read without the lock. */
    volatile boolean exiting;

    /** wait(2)'s status word. */
    int exitStatus;

    /** All tasks have ended; the parent has not waited yet. */
    private boolean zombie;

    private StopState stopState = StopState.RUNNING;

    /** The signal that stopped it. */
    int stopSignal;

    /** WUNTRACED and WCONTINUED each report once. */
    boolean stopReported = true;

    boolean continueReported = true;

    /** The task that is in execve(2) and waits for the others to end. */
    @Nullable Task execing;

    /** PR_SET_CHILD_SUBREAPER. */
    boolean subreaper;

    boolean hasExeced;

    /** PR_SET_DUMPABLE. Only the process's tasks. */
    int dumpable = 1;

    /** Of tasks that have ended, nanoseconds. */
    long endedUserNanos;

    long endedSystemNanos;

    /** Of children that were waited for. */
    long childrenUserNanos;

    long childrenSystemNanos;

    /** Guest time of the start. */
    long startNanos;

    /** oom_score_adj; of no effect but in what /proc says. */
    private int oomScoreAdj;

    /** ITIMER_REAL, VIRTUAL, PROF. */
    IntervalTimer[] itimers = new IntervalTimer[3];

    /** timer_create(2), by id. */
    List<PosixTimer> timers = new ArrayList<>();

    int nextTimerId;

    @NotSaved("made anew; who waits for children registers again")
    private final WaitQueue childEvents = new WaitQueue();

    @NotSaved("made anew; pidfds and the like register again")
    private final WaitQueue exitEvents = new WaitQueue();

    @SuppressWarnings("NullAway.Init")
    private ThreadGroup() {}

    @SuppressWarnings("NullAway.Init")
    ThreadGroup(int pid, SignalActions actions, ResourceLimits limits) {
        this.pid = pid;
        this.actions = actions;
        this.limits = limits;
        for (int i = 0; i < itimers.length; i++) itimers[i] = new IntervalTimer(this, i);
    }

    public int pid() {
        return pid;
    }

    public Task leader() {
        return leader;
    }

    public List<Task> tasks() {
        return tasks;
    }

    public @Nullable ThreadGroup parent() {
        return parent;
    }

    public List<ThreadGroup> children() {
        return children;
    }

    /** getppid(2): 0 if the parent is outside. */
    public int parentPid() {
        ThreadGroup p = parent;
        return p == null ? 0 : p.pid;
    }

    public ProcessGroup processGroup() {
        return processGroup;
    }

    public Session session() {
        return processGroup.session();
    }

    public ResourceLimits limits() {
        return limits;
    }

    public SignalActions actions() {
        return actions;
    }

    public SignalQueue pending() {
        return pending;
    }

    public boolean isZombie() {
        return zombie;
    }

    void setZombie() {
        zombie = true;
    }

    public int exitStatus() {
        return exitStatus;
    }

    public boolean isStopped() {
        return stopState == StopState.STOPPED;
    }

    StopState stopState() {
        return stopState;
    }

    void setStopState(StopState state) {
        stopState = state;
    }

    /** Told when a child ends, stops or goes on. */
    public WaitQueue childEvents() {
        return childEvents;
    }

    /** Told when this process has ended. */
    public WaitQueue exitEvents() {
        return exitEvents;
    }

    public long startNanos() {
        return startNanos;
    }

    public int oomScoreAdj() {
        return oomScoreAdj;
    }

    public void setOomScoreAdj(int value) {
        oomScoreAdj = value;
    }

    public int dumpable() {
        return dumpable;
    }

    /** CPU time of all its tasks, living and ended, nanoseconds. */
    public long userNanos() {
        long sum = endedUserNanos;
        for (Task t : tasks) sum += t.userNanos();
        return sum;
    }

    public long systemNanos() {
        long sum = endedSystemNanos;
        for (Task t : tasks) sum += t.systemNanos();
        return sum;
    }

    public long childrenUserNanos() {
        return childrenUserNanos;
    }

    public long childrenSystemNanos() {
        return childrenSystemNanos;
    }
}
