package stasis.kernel;

import stasis.abi.RestartException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.caller.UserAccess;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.task.Machine;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.wait.Waiter;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The kernel itself as the maker of a call: root, before and beside any task. It has no memory of
 * its own and never sleeps.
 */
public final class BootCaller implements Caller {
    private final Machine machine;
    private final ResourceLimits limits = new ResourceLimits();
    private MemorySegment buffer = MemorySegment.NULL;

    public BootCaller(Machine machine) {
        this.machine = machine;
    }

    @Override
    public Credentials credentials() {
        return Credentials.root();
    }

    @Override
    public ResourceLimits limits() {
        return limits;
    }

    @Override
    public UserAccess memory() {
        throw new IllegalStateException("the kernel has no user memory");
    }

    @Override
    public MonotonicClock monotonicClock() {
        return machine.clock();
    }

    @Override
    public RealtimeClock realtimeClock() {
        return machine.realtime();
    }

    @Override
    public int pid() {
        return 0;
    }

    @Override
    public MemorySegment buffer(long bytes) {
        if (buffer.byteSize() < bytes) buffer = Arena.ofAuto().allocate(bytes, 64);
        return buffer;
    }

    @Override
    public void prepareSleep() {}

    @Override
    public boolean sleep(long deadlineNanos, RestartException kind) throws RestartException {
        throw kind;
    }

    @Override
    public long deadline(long timeoutNanos) {
        return machine.clock().now();
    }

    @Override
    public long progress() {
        return 0;
    }

    @Override
    public void keepProgress(long done) {}

    @Override
    public void raiseSigpipe() {}

    @Override
    public void random(MemorySegment to, long at, long length) {
        machine.random().fill(to, at, length);
    }

    @Override
    public void ready(Waiter waiter, int events) {}
}
