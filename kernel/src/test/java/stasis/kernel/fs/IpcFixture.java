package stasis.kernel.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.caller.UserAccess;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.time.HostClock;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Vfs;
import stasis.kernel.wait.Waiter;
import stasis.state.SavedTypes;
import stasis.state.graph.GraphReader;
import stasis.state.graph.GraphWriter;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;

/**
 * A caller without a task. It never really sleeps: while it would, it does what {@link
 * #whileAsleep} was given, then lets its clock reach the deadline.
 */
public final class IpcFixture implements Caller {
    public long hostNanos = 1_000;
    public long hostRealtime = 5_000_000;
    public final HostClock host =
            new HostClock() {
                @Override
                public long monotonicNanos() {
                    return hostNanos;
                }

                @Override
                public long realtimeNanos() {
                    return hostRealtime;
                }
            };
    public MonotonicClock clock = new MonotonicClock(host, 0);
    public final RealtimeClock realtime = new RealtimeClock(host);
    public final Vfs vfs = new Vfs();
    public final FakeMemory memory = new FakeMemory();
    public Credentials credentials = Credentials.root();
    public int pid = 7;
    public int sigpipes;
    private final ResourceLimits limits = new ResourceLimits();
    private final Queue<Step> steps = new ArrayDeque<>();
    private boolean woken;
    private boolean interrupted;
    private long progress;

    /** What another thread does meanwhile. */
    public interface Step {
        void run() throws SyscallException;
    }

    public void whileAsleep(Step step) {
        steps.add(step);
    }

    /** The next sleep ends with a signal. */
    public void interruptNextSleep() {
        interrupted = true;
    }

    @Override
    public Credentials credentials() {
        return credentials;
    }

    @Override
    public ResourceLimits limits() {
        return limits;
    }

    @Override
    public UserAccess memory() {
        return memory;
    }

    @Override
    public MonotonicClock monotonicClock() {
        return clock;
    }

    @Override
    public RealtimeClock realtimeClock() {
        return realtime;
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public MemorySegment buffer(long bytes) {
        return MemorySegment.ofArray(new byte[(int) bytes]);
    }

    @Override
    public void prepareSleep() {
        woken = false;
    }

    @Override
    public boolean sleep(long deadlineNanos, RestartException kind) throws RestartException {
        while (!woken) {
            if (interrupted) {
                interrupted = false;
                throw kind;
            }
            Step step = steps.poll();
            if (step != null) {
                run(step);
                continue;
            }
            if (deadlineNanos == MonotonicClock.NEVER) throw new AssertionError("sleeps for ever");
            advance(Math.max(0, deadlineNanos - clock.now()));
            if (!woken) return false;
        }
        return true;
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (SyscallException e) {
            throw new AssertionError(e);
        }
    }

    /** Time passes, and whoever waited for it is told. */
    public void advance(long nanos) {
        hostNanos += nanos;
        hostRealtime += nanos;
        clock.runExpired();
    }

    @Override
    public long deadline(long timeoutNanos) {
        return timeoutNanos < 0 ? MonotonicClock.NEVER : clock.now() + timeoutNanos;
    }

    @Override
    public long progress() {
        return progress;
    }

    @Override
    public void keepProgress(long done) {
        progress = done;
    }

    @Override
    public void raiseSigpipe() {
        sigpipes++;
    }

    @Override
    public void random(MemorySegment to, long at, long length) {
        to.asSlice(at, length).fill((byte) 4);
    }

    @Override
    public void ready(Waiter waiter, int events) {
        woken = true;
    }

    // ---- doing things ----

    public FileDescription open(FileImpl impl, int flags) {
        return new FileDescription(impl, flags, null);
    }

    public long write(FileDescription file, String text) throws SyscallException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return file.write(this, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    public String read(FileDescription file, int most) throws SyscallException {
        MemorySegment to = MemorySegment.ofArray(new byte[most]);
        long n = file.read(this, to, 0, most);
        return new String(to.asSlice(0, n).toArray(JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }

    public static void assertErrno(
            Errno expected, org.junit.jupiter.api.function.Executable action) {
        ErrnoException e = assertThrows(ErrnoException.class, action);
        assertEquals(expected, e.errno());
    }

    // ---- saving ----

    public static SavedTypes types() {
        SavedTypes types = new SavedTypes();
        types.add(
                MethodHandles.lookup(),
                Vfs.class,
                FdTable.class,
                FileDescription.class,
                MonotonicClock.class,
                RealtimeClock.class,
                Credentials.class,
                ResourceLimits.class);
        return IpcSavedTypes.addTo(types);
    }

    /** A copy that went through a snapshot; its clocks run again. */
    public <T> T saveAndRestore(T object, Class<T> type) {
        return saveAndRestore(object, type, Map.of());
    }

    public <T> T saveAndRestore(T object, Class<T> type, Map<Class<?>, Object> more) {
        SavedTypes types = types();
        byte[] bytes = new GraphWriter(types).write(object);
        Map<Class<?>, Object> resources = new java.util.HashMap<>(more);
        resources.put(HostClock.class, host);
        return new GraphReader(types).read(bytes, type, resources);
    }
}
