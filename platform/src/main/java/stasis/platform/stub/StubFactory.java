package stasis.platform.stub;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.jspecify.annotations.Nullable;

import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.platform.PlatformException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The thread that makes stubs: it owns the master and all keepers. It lives as long as any stub
 * does, because stubs die with the thread that is their parent (PR_SET_PDEATHSIG hangs on a
 * thread).
 */
public final class StubFactory {
    /** What is done with a stopped stub on the factory's thread. */
    public interface Work<T> {
        T with(Tracee tracee) throws StubDiedException, PlatformException;
    }

    /** Below are descriptors that the JVM or a shell may rely on. */
    private static final int LOWEST_FD = 900;

    private final StubCode code;
    private final Cores cores;
    private final StubSecrets secrets;
    private final HostFd[] memoryFds;
    private final HostFd tableFd;
    private final LinkedBlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
    private final Thread thread;

    /** Set by {@link #start}. The factory's thread only. */
    private @Nullable Tracee master;

    /** What getppid(2) says in a stub. Set by {@link #start}, then constant. */
    private int stubsParent;

    /** Address spaces that are not reaped. The factory's thread only. */
    private int living;

    /** The factory's thread only. */
    private boolean closed;

    /** Nothing that is queued from now on will be done. */
    private volatile boolean ended;

    /** Gives back what the last stub needed. */
    private final Runnable atEnd;

    /** The host's id of the factory's thread, once it runs. */
    private volatile int tid;

    /** The stub's numbers of files; the JVM's copies are closed after the start. */
    private final int[] memoryNumbers;

    private final int tableNumber;

    public StubFactory(StubCode code, HostFd[] memory, HostFd tables, Cores cores, Runnable atEnd)
            throws HostException {
        this.code = code;
        this.atEnd = atEnd;
        this.cores = cores;
        secrets = StubSecrets.random();
        memoryFds = new HostFd[memory.length];
        memoryNumbers = new int[memory.length];
        boolean done = false;
        try {
            for (int i = 0; i < memory.length; i++) {
                memoryFds[i] = memory[i].inheritable(LOWEST_FD);
                memoryNumbers[i] = memoryFds[i].number();
            }
            tableFd = tables.inheritable(LOWEST_FD);
            done = true;
        } finally {
            if (!done) closeMemory();
        }
        tableNumber = tableFd.number();
        thread = Thread.ofPlatform().daemon().name("stub-factory").unstarted(this::work);
    }

    /** Spawns the master; returns what its XSAVE area looks like. */
    public XState start() throws PlatformException {
        thread.start();
        try {
            return call(this::startMaster);
        } catch (StubDiedException e) {
            throw new PlatformException("the first stub died: is ptrace(2) or seccomp(2) refused?");
        } finally {
            closeMemory();
            tableFd.close();
        }
    }

    private void closeMemory() {
        for (HostFd f : memoryFds) {
            if (f != null) f.close();
        }
    }

    private XState startMaster() throws PlatformException, StubDiedException {
        try {
            noSignalForStops();
            master = Tracee.master(spawn(), code, secrets);
            stubsParent = (int) master.call(Nr.GETPPID, 0, 0, 0, 0, 0, 0);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment area = arena.allocate(stasis.arch.Registers.FPU_MAX_BYTES, 64);
                return XState.of(area, master.getFpu(area));
            }
        } catch (HostException e) {
            throw new PlatformException("cannot make the first stub: " + e.getMessage(), e);
        }
    }

    /** Each stop of a stub would otherwise cost a SIGCHLD that nobody wants, 1.5 us. */
    private static void noSignalForStops() throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(32, 8); // handler, flags, restorer, mask
            long at = action.address();
            int chld = StubCode.SIGCHLD;
            HostException.check(
                    Host.syscall(Nr.RT_SIGACTION, chld, 0, at, 8, 0, 0), "rt_sigaction(SIGCHLD)");
            action.set(JAVA_LONG, 8, action.get(JAVA_LONG, 8) | 1); // SA_NOCLDSTOP
            HostException.check(
                    Host.syscall(Nr.RT_SIGACTION, chld, at, 0, 8, 0, 0), "rt_sigaction(SIGCHLD)");
        }
    }

    private int spawn() throws HostException {
        try (HostFd page = Host.memfd("stub-code");
                HostFd image = Host.memfd("stub")) {
            Host.writeAll(page.number(), code.page);
            HostException.check(
                    Host.syscall(Nr.FTRUNCATE, page.number(), 4096, 0), "ftruncate(4096)");
            try (HostFd inherited = page.inheritable(LOWEST_FD)) {
                byte[] elf = code.master(secrets, inherited.number(), memoryNumbers, tableNumber);
                Host.writeAll(image.number(), elf);
                return Host.spawn("/proc/self/fd/" + image.number(), List.of("stub"), List.of());
            }
        }
    }

    public StubCode code() {
        return code;
    }

    /** Of a file of guest memory. */
    public int memoryNumber(int file) {
        return memoryNumbers[file];
    }

    public int tableNumber() {
        return tableNumber;
    }

    public int stubsParent() {
        return stubsParent;
    }

    /** Makes the calling thread the owner of a paused stub thread. */
    public Tracee seize(int tgid, int tid) throws StubDiedException {
        return Tracee.seize(tgid, tid, code, secrets);
    }

    /** As above, for one that the calling thread is going to wait for. */
    Tracee seizeHere(int tgid, int tid) throws StubDiedException {
        cores.bringHere(tid);
        return seize(tgid, tid);
    }

    // ---- any thread

    /** A process with nothing mapped but the stub; its id. */
    public int newProcess() throws PlatformException {
        try {
            int pid = call(this::cloneMaster);
            if (pid < 0) throw new PlatformException("clone of the master: errno " + -pid);
            return pid;
        } catch (StubDiedException e) {
            throw new PlatformException("the master stub is gone");
        }
    }

    private int cloneMaster() throws StubDiedException {
        if (master == null) throw StubDiedException.DIED;
        cores.bringHere(master.tid);
        int pid = master.cloneStub(StubCode.CLONE_PROCESS, stubsParent);
        if (pid > 0) living++;
        return pid;
    }

    /** A fork made elsewhere will be reaped here. */
    public void adopt() {
        jobs.add(() -> living++);
    }

    /** Does something with the keeper of {@code space}. The caller holds its lock. */
    public <T> T withKeeper(StubSpace space, Work<T> work)
            throws StubDiedException, PlatformException {
        return call(() -> work.with(here(space.keeper(this))));
    }

    private Tracee here(Tracee keeper) {
        cores.bringHere(keeper.tid);
        return keeper;
    }

    /** The space was killed and no context holds a thread of it: waits for its end. */
    public void reap(StubSpace space) {
        jobs.add(
                () -> {
                    space.reapKeeper();
                    living--;
                });
    }

    /** Kills the master; the thread ends after the last space. */
    public void close() {
        try {
            call(
                    () -> {
                        closed = true;
                        if (master != null) {
                            Host.kill(master.tgid, 9);
                            master.reap();
                            master = null;
                        }
                        return true;
                    });
        } catch (PlatformException | StubDiedException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Job<T> {
        T run() throws PlatformException, StubDiedException;
    }

    private <T> T call(Job<T> job) throws PlatformException, StubDiedException {
        FutureTask<T> task = new FutureTask<>(job::run);
        if (tid != 0) cores.bringHere(tid);
        jobs.add(task);
        if (ended && jobs.remove(task)) throw StubDiedException.DIED;
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StubDiedException) throw StubDiedException.DIED;
            if (e.getCause() instanceof PlatformException p) throw p;
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private void work() {
        tid = Host.gettid();
        while (!closed || living > 0) {
            try {
                jobs.take().run();
            } catch (InterruptedException e) {
                // nobody has a reason to interrupt it
            }
        }
        ended = true;
        for (Runnable late = jobs.poll(); late != null; late = jobs.poll()) {
            late.run();
        }
        atEnd.run();
    }
}
