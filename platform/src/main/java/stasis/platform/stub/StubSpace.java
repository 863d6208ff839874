package stasis.platform.stub;

import org.jspecify.annotations.Nullable;

import stasis.arch.Access;
import stasis.host.Host;
import stasis.platform.AddressSpace;
import stasis.platform.PlatformException;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One stub process; see the package comment for its threads.
 *
 * <p>If the host refuses a change (more pieces than {@code vm.max_map_count}) the rights of guest
 * code would not be what the kernel believes, so the process is killed and its contexts return
 * {@code Exited}.
 */
public class StubSpace implements AddressSpace {
    private static final int MAX_PARKED = 16;
    private static final int SIGKILL = 9;

    private final StubPlatform platform;
    private final StubFactory factory;
    private final int tablePage;
    private final int tgid;
    protected final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final MapQueue queue = new MapQueue();

    /** Whether {@link #queue} has something; written under {@link #lock}. */
    private volatile boolean queued;

    /** Stub threads that nobody traces. Guarded by {@link #lock}. */
    private final ArrayDeque<Integer> parked = new ArrayDeque<>();

    /** The context of each Java thread that last ran here. Guarded by {@link #lock}. */
    private final Map<Thread, StubOwner> owners = new HashMap<>();

    /** Threads that contexts hold. Guarded by {@link #lock}. */
    private int attached;

    /** Written under {@link #lock}. */
    private volatile boolean dead;

    /** Whether the stub sees this space's table, not its parent's. Guarded by {@link #lock}. */
    private boolean tableMapped;

    /**
     * The process's first thread, if the factory's thread holds it. Written by that thread, for
     * somebody who has {@link #lock}.
     */
    private @Nullable Tracee leader;

    /** As {@link #leader}. */
    private @Nullable Tracee keeper;

    /** A thread that will be the keeper, once one is needed; 0: none. Guarded by {@link #lock}. */
    private int spareTid;

    public StubSpace(StubPlatform platform, int tgid, int tablePage) {
        this.platform = platform;
        this.factory = platform.factory();
        this.tgid = tgid;
        this.tablePage = tablePage;
    }

    @Override
    public void map(long addr, long length, long memoryOffset, int access) {
        checkRange(addr, length);
        if (memoryOffset < 0 || memoryOffset > platform.memory().size() - length) {
            throw new IllegalArgumentException("memory offset " + memoryOffset);
        }
        lock.lock();
        try {
            queueMap(
                    addr,
                    length,
                    memoryOffset,
                    access & (Access.READ | Access.WRITE | Access.EXECUTE));
        } finally {
            lock.unlock();
        }
    }

    /** Maps what lies behind guest memory. */
    protected final void mapMore(long addr, long length, long offset, int access) {
        checkRange(addr, length);
        lock.lock();
        try {
            queueMap(addr, length, offset, access);
        } finally {
            lock.unlock();
        }
    }

    /** Precondition: the lock is held. */
    private void queueMap(long addr, long length, long offset, int access) {
        platform.memory()
                .pieces(
                        offset,
                        length,
                        (at, n, file, place, isSealed) -> {
                            if (isSealed && (access & Access.WRITE) != 0) {
                                throw new IllegalStateException("sealed memory at " + at);
                            }
                            int fd = factory.memoryNumber(file);
                            queue.map(addr + (at - offset), n, fd, place, access);
                        });
        queued = true;
    }

    @Override
    public void unmap(long addr, long length) {
        checkRange(addr, length);
        lock.lock();
        try {
            queue.unmap(addr, length);
            queued = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void protect(long addr, long length, int access) {
        checkRange(addr, length);
        lock.lock();
        try {
            queue.protect(addr, length, access & (Access.READ | Access.WRITE | Access.EXECUTE));
            queued = true;
        } finally {
            lock.unlock();
        }
    }

    /** Our bug if it fails: it would map over the stub. */
    private void checkRange(long addr, long length) {
        if (addr < StubCode.GUEST_START
                || length <= 0
                || length > factory.code().guestEnd() - addr
                || ((addr | length) & 4095) != 0) {
            throw new IllegalArgumentException(
                    "range " + Long.toHexString(addr) + "+" + Long.toHexString(length));
        }
    }

    @Override
    public void commit() {
        lock.lock();
        try {
            if (queue.size() == 0 || dead) return;
            StubOwner mine = owners.get(Thread.currentThread());
            if (mine != null) {
                flush(mine.injectable());
            } else {
                factory.withKeeper(this, this::flushWith);
            }
        } catch (StubDiedException e) {
            killLocked();
        } catch (PlatformException e) {
            throw new IllegalStateException(e); // flushing throws none
        } finally {
            lock.unlock();
        }
    }

    public boolean isQueued() {
        return queued;
    }

    /** For an owner that is about to run user code. */
    public void flushBy(StubOwner context) throws StubDiedException {
        lock.lock();
        try {
            flush(context.injectable());
        } finally {
            lock.unlock();
        }
    }

    private boolean flushWith(Tracee tracee) throws StubDiedException {
        flush(tracee);
        return true;
    }

    /** The lock is held, by this thread or by one that waits for it. */
    private void flush(Tracee tracee) throws StubDiedException {
        if (dead) throw StubDiedException.DIED;
        if (queue.size() == 0) return;
        mapTable(tracee);
        beforeFlush(tracee);
        for (int from = 0; from < queue.size(); from += StubCode.MAX_BATCH) {
            int n = Math.min(StubCode.MAX_BATCH, queue.size() - from);
            queue.write(from, n, platform.tables().page(tablePage));
            long error = tracee.batch(n);
            if (error != 0) {
                warnOfRefusal(-error);
                throw StubDiedException.DIED;
            }
        }
        queue.clear();
        queued = false;
        flushed();
    }

    /** The lock is held. */
    protected void beforeFlush(Tracee tracee) throws StubDiedException {}

    /** What was queued is in force. The lock is held. */
    protected void flushed() {}

    /** A logger of its own each time: making one takes 5 ms, which no start should pay for. */
    private void warnOfRefusal(long errno) {
        System.getLogger("stasis.platform.stub")
                .log(
                        Level.WARNING,
                        "stub {0} ended: mapping change refused, errno {1}",
                        tgid,
                        errno);
    }

    private void mapTable(Tracee tracee) throws StubDiedException {
        if (tableMapped) return;
        int fd = factory.tableNumber();
        long at = tracee.mapShared(fd, StubCode.TABLE, 4096, Access.READ, tablePage * 4096L);
        if (at != StubCode.TABLE) throw StubDiedException.DIED;
        tableMapped = true;
    }

    @Override
    public AddressSpace fork() throws PlatformException {
        lock.lock();
        try {
            StubOwner mine = owners.get(Thread.currentThread());
            if (mine == null)
                throw new IllegalStateException("fork by a thread that never ran here");
            if (dead) throw new PlatformException("the address space has ended");
            Tracee tracee = mine.injectable();
            flush(tracee);
            return platform.forked(tracee.cloneStub(StubCode.CLONE_PROCESS, factory.stubsParent()));
        } catch (StubDiedException e) {
            killLocked();
            throw new PlatformException("the stub died");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release() {
        lock.lock();
        try {
            killLocked();
        } finally {
            lock.unlock();
        }
    }

    private void killLocked() {
        if (dead) return;
        dead = true;
        Host.kill(tgid, SIGKILL);
        platform.forget(this);
        for (StubOwner owner : owners.values()) {
            owner.spaceEnded();
        }
        reapIfLast();
    }

    private void reapIfLast() {
        if (dead && attached == 0) factory.reap(this);
    }

    // ---- for platforms whose guest threads are not traced

    /** What needs the lock, and a traced thread of the process. */
    protected interface Work<T> {
        T with(Tracee tracee) throws StubDiedException, PlatformException;
    }

    /** Any thread. True as soon as it is killed. */
    public boolean hasEnded() {
        return dead;
    }

    protected int tgid() {
        return tgid;
    }

    /**
     * Does something with a traced thread, the keeper if {@code owner} is null. Kills the process
     * if the host does not do it. The lock is held, by this thread or one that waits for it.
     */
    protected <T> T locked(@Nullable StubOwner owner, Work<T> work)
            throws StubDiedException, PlatformException {
        lock.lock();
        try {
            if (dead) throw StubDiedException.DIED;
            if (owner != null) return work.with(owner.injectable());
            return withAnybody(work, true);
        } catch (StubDiedException e) {
            killLocked();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does something with the keeper; or, in a young process, with the leader, which spares the way
     * to the factory's thread and back. The lock is held.
     *
     * @param more the calling thread will soon attach one of its own: makes it as well
     */
    private <T> T withAnybody(Work<T> work, boolean more)
            throws StubDiedException, PlatformException {
        if (keeper != null || leader != null || spareTid != 0) {
            return factory.withKeeper(this, work::with);
        }
        Tracee first = factory.seizeHere(tgid, tgid);
        T result = work.with(first);
        spareTid = clonedBy(first);
        if (more && parked.isEmpty()) parked.push(clonedBy(first));
        first.detach();
        return result;
    }

    private static int clonedBy(Tracee tracee) throws StubDiedException {
        int tid = tracee.cloneStub(StubCode.CLONE_THREAD, 0);
        if (tid < 0) throw StubDiedException.DIED;
        return tid;
    }

    /** The calling thread's context has a thread here. */
    protected void enter(StubOwner owner) throws StubDiedException {
        lock.lock();
        try {
            if (dead) throw StubDiedException.DIED;
            attached++;
            owners.put(Thread.currentThread(), owner);
        } finally {
            lock.unlock();
        }
    }

    /** The counterpart of {@link #enter}. */
    protected void leave(StubOwner owner) {
        lock.lock();
        try {
            owners.remove(Thread.currentThread(), owner);
            attached--;
            reapIfLast();
        } finally {
            lock.unlock();
        }
    }

    /** The factory's thread. The process is gone, and so is everybody who entered. */
    protected void reaped() {}

    // ---- threads

    /** Makes a thread for a context that will be opened soon. The calling thread owns one here. */
    public void prepareTracee(StubOwner context) throws PlatformException {
        lock.lock();
        try {
            if (dead || parked.size() >= MAX_PARKED) return;
            int tid = context.injectable().cloneStub(StubCode.CLONE_THREAD, 0);
            if (tid < 0) throw new PlatformException("no stub thread: errno " + -tid);
            parked.push(tid);
        } catch (StubDiedException e) {
            killLocked();
        } finally {
            lock.unlock();
        }
    }

    /** A stopped thread owned by the calling Java thread. */
    public Tracee attach(StubOwner context) throws StubDiedException {
        int tid = takeThread(context);
        try {
            return factory.seize(tgid, tid);
        } catch (StubDiedException e) {
            detached(context, null);
            throw e;
        }
    }

    private int takeThread(StubOwner context) throws StubDiedException {
        lock.lock();
        try {
            if (dead) throw StubDiedException.DIED;
            Integer tid = parked.poll();
            if (tid == null) {
                tid = withAnybody(StubSpace::clonedBy, false);
            }
            attached++;
            owners.put(Thread.currentThread(), context);
            return tid;
        } catch (StubDiedException e) {
            killLocked();
            throw e;
        } catch (PlatformException e) {
            throw new IllegalStateException(e); // cloning throws none
        } finally {
            lock.unlock();
        }
    }

    /** The context leaves: parks its thread, ends it or waits for its end. */
    public void detached(StubOwner context, @Nullable Tracee tracee) {
        lock.lock();
        try {
            owners.remove(Thread.currentThread(), context);
            if (tracee == null) {
                killLocked();
            } else if (!park(tracee)) {
                tracee.reap();
            }
            attached--;
            reapIfLast();
        } finally {
            lock.unlock();
        }
    }

    /** False if it is dying. */
    private boolean park(Tracee tracee) {
        if (dead) return false;
        try {
            if (parked.size() < MAX_PARKED) {
                tracee.detach();
                parked.push(tracee.tid);
            } else {
                tracee.exit();
            }
            return true;
        } catch (StubDiedException e) {
            killLocked();
            return false;
        }
    }

    /** The context's thread died, or must. */
    public void lost(StubOwner context, Tracee tracee) {
        lock.lock();
        try {
            killLocked();
        } finally {
            lock.unlock();
        }
        detached(context, tracee);
    }

    // ---- the factory's thread only

    /**
     * Not the leader: wait(2) does not tell of a leader's death before all other threads are
     * reaped, and those are for other Java threads to reap. When this clones the keeper there are
     * none.
     */
    public Tracee keeper(StubFactory by) throws StubDiedException {
        Tracee t = keeper;
        if (t != null) return t;
        if (spareTid != 0) {
            t = by.seize(tgid, spareTid);
            keeper = t;
            return t;
        }
        Tracee first = by.seize(tgid, tgid);
        leader = first;
        int tid = first.cloneStub(StubCode.CLONE_THREAD, 0);
        if (tid < 0) throw StubDiedException.DIED;
        t = by.seize(tgid, tid);
        keeper = t;
        return t;
    }

    /** Precondition: killed, and no context holds a thread of it. */
    public void reapKeeper() {
        if (keeper != null) keeper.reap();
        if (leader != null) {
            leader.reap();
        } else {
            Host.waitpid(tgid, 0, 0x4000_0000); // __WALL
        }
        keeper = null;
        leader = null;
        platform.tables().give(tablePage);
        reaped();
    }
}
