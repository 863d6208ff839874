package stasis.kernel.caller;

import stasis.abi.RestartException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.time.HostClock;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.wait.Waiter;

import java.lang.foreign.MemorySegment;

/** A caller whose clock is moved by hand and whose sleeps end at once. */
public class FakeCaller implements Caller {
    public long nanos = 1_000_000_000L;
    public Credentials credentials = Credentials.root();

    /** Runs instead of a sleep; the default behaves as a signal would. */
    public Runnable whileAsleep = () -> {};

    private final HostClock host =
            new HostClock() {
                @Override
                public long monotonicNanos() {
                    return nanos;
                }

                @Override
                public long realtimeNanos() {
                    return nanos;
                }
            };

    private final ResourceLimits limits = new ResourceLimits();
    private final UserAccess memory = new FakeUserAccess(1 << 20);
    private final MonotonicClock monotonic = new MonotonicClock(host, 0);
    private final RealtimeClock realtime = new RealtimeClock(host);
    private boolean woken;
    private long progress;

    public HostClock host() {
        return host;
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
        return monotonic;
    }

    @Override
    public RealtimeClock realtimeClock() {
        return realtime;
    }

    @Override
    public int pid() {
        return 1;
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
        if (!woken) whileAsleep.run();
        if (woken) return true;
        if (monotonic.now() >= deadlineNanos) return false;
        throw kind;
    }

    @Override
    public long deadline(long timeoutNanos) {
        return timeoutNanos < 0 ? MonotonicClock.NEVER : monotonic.now() + timeoutNanos;
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
    public void raiseSigpipe() {}

    @Override
    public void random(MemorySegment to, long at, long length) {
        to.asSlice(at, length).fill((byte) 4);
    }

    @Override
    public void ready(Waiter waiter, int events) {
        woken = true;
    }
}
