package stasis.kernel.task;

import static stasis.abi.Errno.EAGAIN;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** All tasks and their families: one pid namespace. */
@Saved("task.TaskSet")
public final class TaskSet {
    /** kernel.pid_max. */
    public static final int PID_MAX = 32768;

    /** Where numbers go on after a wrap, like Linux's RESERVED_PIDS. */
    private static final int RESERVED_PIDS = 300;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.TASK_SET);

    /** By tid, living tasks and zombie leaders. Guarded by {@link #lock}. */
    private TreeMap<Integer, Task> byTid = new TreeMap<>();

    /** By pid, zombies included. Guarded by {@link #lock}. */
    private TreeMap<Integer, ThreadGroup> groups = new TreeMap<>();

    /** Guarded by {@link #lock}. */
    private TreeMap<Integer, ProcessGroup> processGroups = new TreeMap<>();

    private TreeMap<Integer, Session> sessions = new TreeMap<>();

    /** Guarded by {@link #lock}. */
    private int lastPid;

    /** The kernel is thrown away: parked tasks end without a trace in the guest's world. */
    @NotSaved("what is restored is not abandoned")
    private volatile boolean abandoned;

    /** Every task is to park itself before it runs user code again. */
    @NotSaved("a restored kernel starts paused and is resumed")
    private volatile boolean paused;

    /** Tasks that are parked, or whose thread has not started. Guarded by {@link #lock}. */
    @NotSaved("counted by the tasks themselves")
    private int parked;

    /** Tasks whose threads run. Guarded by {@link #lock}. */
    @NotSaved("counted by the tasks themselves")
    private int running;

    @NotSaved("made anew")
    private final java.util.concurrent.locks.ReentrantLock pauseLock =
            new java.util.concurrent.locks.ReentrantLock();

    @NotSaved("made anew")
    private final java.util.concurrent.locks.Condition pauseChanged = pauseLock.newCondition();

    TaskSet() {}

    public RankedLock lock() {
        return lock;
    }

    public @Nullable Task findLocked(int tid) {
        return byTid.get(tid);
    }

    public @Nullable ThreadGroup findGroupLocked(int pid) {
        return groups.get(pid);
    }

    public @Nullable ProcessGroup findProcessGroupLocked(int id) {
        return processGroups.get(id);
    }

    public @Nullable Session findSessionLocked(int id) {
        return sessions.get(id);
    }

    public List<ThreadGroup> groupsLocked() {
        return new ArrayList<>(groups.values());
    }

    public List<Task> tasksLocked() {
        return new ArrayList<>(byTid.values());
    }

    /** The first process: who inherits orphans. Null before it exists. */
    public @Nullable ThreadGroup initLocked() {
        return groups.get(1);
    }

    /** A number that no task, group or session has. */
    int allocatePidLocked() throws ErrnoException {
        for (int tries = 0; tries < PID_MAX; tries++) {
            lastPid = lastPid + 1 >= PID_MAX ? RESERVED_PIDS : lastPid + 1;
            boolean used =
                    byTid.containsKey(lastPid)
                            || groups.containsKey(lastPid)
                            || processGroups.containsKey(lastPid)
                            || sessions.containsKey(lastPid);
            if (!used) return lastPid;
        }
        throw EAGAIN.exception();
    }

    void addLocked(Task task) {
        byTid.put(task.tid(), task);
    }

    void addLocked(ThreadGroup group) {
        groups.put(group.pid(), group);
    }

    void addLocked(ProcessGroup group) {
        processGroups.put(group.id(), group);
        group.session().groups.add(group);
    }

    void addLocked(Session session) {
        sessions.put(session.id(), session);
    }

    void removeTaskLocked(Task task) {
        byTid.remove(task.tid(), task);
    }

    /** execve(2) by a thread that is not the leader: it takes over the leader's number. */
    void renumberLocked(Task task, int tid) {
        byTid.remove(task.tid());
        task.setTid(tid);
        byTid.put(tid, task);
    }

    void removeGroupLocked(ThreadGroup group) {
        groups.remove(group.pid());
        byTid.remove(group.pid());
        leaveProcessGroupLocked(group);
    }

    /** Moves {@code group} to another process group, made if it does not exist. */
    void joinProcessGroupLocked(ThreadGroup group, int id, Session session) {
        ProcessGroup target = processGroups.get(id);
        if (target == null) {
            target = new ProcessGroup(id, session);
            addLocked(target);
        }
        leaveProcessGroupLocked(group);
        group.processGroup = target;
        target.members.add(group);
    }

    private void leaveProcessGroupLocked(ThreadGroup group) {
        ProcessGroup old = group.processGroup;
        if (old == null) return;
        old.members.remove(group);
        if (!old.members.isEmpty()) return;
        processGroups.remove(old.id());
        Session session = old.session();
        session.groups.remove(old);
        if (session.groups.isEmpty()) sessions.remove(session.id());
    }

    /** Every task that runs user code passes through a stop. */
    public void interruptAll() {
        List<Task> all;
        try (var _ = lock.hold()) {
            all = tasksLocked();
        }
        for (Task t : all) t.attend();
    }

    // ---- pausing

    public boolean paused() {
        return paused;
    }

    /** Before a restored kernel's tasks are started. */
    public void startPaused() {
        paused = true;
    }

    public boolean abandoned() {
        return abandoned;
    }

    /** Ends the threads of a paused kernel's tasks; returns when they are gone. */
    public void abandon() {
        abandoned = true;
        pauseLock.lock();
        try {
            pauseChanged.signalAll();
            while (running > 0) pauseChanged.awaitUninterruptibly();
        } finally {
            pauseLock.unlock();
        }
    }

    /**
     * Ends the threads of all tasks, whatever they do.
     *
     * @param nanos how long to wait for them
     * @return true if they are gone
     */
    public boolean abandonRunning(long nanos) {
        abandoned = true;
        requestPause(); // tasks that wait or run user code look up
        pauseLock.lock();
        try {
            pauseChanged.signalAll();
            for (long left = nanos; running > 0 && left > 0; ) left = pauseChanged.awaitNanos(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // as if the time were over
        } finally {
            pauseLock.unlock();
        }
        return running == 0;
    }

    /** Asks every task to park; {@link #pause} waits for it. */
    public void requestPause() {
        paused = true;
        interruptAll();
    }

    /** Returns when every task is parked: registers complete, no call in progress. */
    public void pause() {
        requestPause();
        pauseLock.lock();
        try {
            while (parked < running) pauseChanged.awaitUninterruptibly();
        } finally {
            pauseLock.unlock();
        }
    }

    /** Lets every task go on. */
    public void resume() {
        paused = false;
        pauseLock.lock();
        try {
            pauseChanged.signalAll();
        } finally {
            pauseLock.unlock();
        }
    }

    /** By whoever starts a thread for a task, before it starts. */
    void threadStarting() {
        changeCounts(1, 0);
    }

    /** By the task's own thread, last of all. */
    void threadEnded() {
        changeCounts(-1, 0);
    }

    private void changeCounts(int moreRunning, int moreParked) {
        pauseLock.lock();
        try {
            running += moreRunning;
            parked += moreParked;
            pauseChanged.signalAll();
        } finally {
            pauseLock.unlock();
        }
    }

    /** By a task's own thread: waits until the kernel goes on, or the task is to end. */
    void park(Task task) {
        pauseLock.lock();
        try {
            parked++;
            pauseChanged.signalAll();
            while (paused && !abandoned && !task.mustExit()) {
                pauseChanged.awaitUninterruptibly();
            }
            parked--;
        } finally {
            pauseLock.unlock();
        }
    }

    /** Tasks that are parked look again whether they are to end. */
    void recheckParked() {
        pauseLock.lock();
        try {
            pauseChanged.signalAll();
        } finally {
            pauseLock.unlock();
        }
    }
}
