package stasis.kernel.vdso;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.kernel.time.HostClock;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.TimerTarget;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Keeps the parameters of the vDSO: once a second it compares what programs read with the clocks of
 * the host, and lets them run a little faster or slower until they agree. They never go back.
 *
 * <p>For the first tenth of a second on a host nothing is known of the counter's rate, and programs
 * make real calls.
 */
@Saved("vdso.VdsoClock")
public final class VdsoClock implements TimerTarget {
    private static final long FIRST_NANOS = 100_000_000;
    private static final long PERIOD_NANOS = 1_000_000_000;

    /** Of the rate; more than NTP ever asks for, less than a program would notice. */
    private static final double MAX_CORRECTION = 0.001;

    /**
     * Behind by more, programs are brought forward at once: the host slept, or its date was set.
     */
    private static final long MAX_LAG_NANOS = 1_000_000;

    private static final double ONE = 0x1p32;
    private static final int SAMPLES = 5;

    private VdsoPages pages;
    private MonotonicClock clock;

    /** How far programs were ahead of the clocks when these stopped; less than a millisecond. */
    private long aheadNanos;

    @NotSaved("the clocks of the host that restores")
    private HostClock host;

    /** What the parameters are made of; the timers' thread, or a paused kernel. */
    @NotSaved("measured on each host")
    private long baseTicks;

    @NotSaved("measured on each host")
    private long baseNanos;

    @NotSaved("measured on each host")
    private double rate;

    /** The last comparison with the host. */
    @NotSaved("measured on each host")
    private Sample last = Sample.NONE;

    /** The host's counter and clocks at one moment. */
    private record Sample(long ticks, long nanos, long realtime) {
        static final Sample NONE = new Sample(0, 0, 0);

        /** The one of several that was interrupted least. */
        static Sample of(HostClock host) {
            Sample best = NONE;
            long shortest = Long.MAX_VALUE;
            for (int i = 0; i < SAMPLES; i++) {
                long before = host.ticks();
                long nanos = host.monotonicNanos();
                long realtime = host.realtimeNanos();
                long after = host.ticks();
                if (after - before >= shortest) continue;
                shortest = after - before;
                best = new Sample(before + shortest / 2, nanos, realtime);
            }
            return best;
        }
    }

    @SuppressWarnings("NullAway.Init")
    private VdsoClock() {}

    public VdsoClock(VdsoPages pages, MonotonicClock clock, HostClock host) {
        this.pages = pages;
        this.clock = clock;
        this.host = host;
    }

    public VdsoPages pages() {
        return pages;
    }

    /**
     * Called when the guest's clocks have just been stopped: what programs read must not go back.
     */
    public void stop() {
        aheadNanos = rate == 0 ? 0 : Math.max(0, nanosAt(host.ticks()) - clock.now());
    }

    /** The guest's clocks go on from now. Precondition: no user code runs. */
    public void start() {
        clock.cancel(this);
        if (host.ticks() == 0) {
            write(0, 0);
            return;
        }
        last = Sample.of(host);
        rebase(last.ticks, last.nanos + clock.offset() + aheadNanos);
        write(rate, realtimeBase(last));
        clock.wakeAt(clock.now() + FIRST_NANOS, this);
    }

    @Override
    public void expired(long deadlineNanos) {
        Sample now = Sample.of(host);
        double measured = (double) (now.nanos - last.nanos) / (now.ticks - last.ticks);
        long truth = now.nanos + clock.offset();
        long shown = rate == 0 ? truth : nanosAt(now.ticks);
        long lag = truth - shown;
        if (lag > MAX_LAG_NANOS) {
            shown = truth;
            lag = 0;
        }
        rebase(now.ticks, shown);
        double correction = (double) lag / PERIOD_NANOS;
        correction = Math.clamp(correction, -MAX_CORRECTION, MAX_CORRECTION);
        rate = measured * (1 + correction);
        last = now;
        write(rate, realtimeBase(now));
        clock.wakeAt(deadlineNanos + PERIOD_NANOS, this);
    }

    private void rebase(long ticks, long nanos) {
        baseTicks = ticks;
        baseNanos = nanos;
    }

    private long nanosAt(long ticks) {
        return baseNanos + (long) ((ticks - baseTicks) * rate);
    }

    /** As far from the host's as the monotonic clock is, so that the two agree. */
    private long realtimeBase(Sample sample) {
        return sample.realtime + baseNanos - (sample.nanos + clock.offset());
    }

    /** A reader that sees the same even sequence before and after has read one set of them. */
    private void write(double nanosPerTick, long realtime) {
        MemorySegment memory = pages.memory();
        long at = pages.parameters();
        long sequence = memory.get(JAVA_LONG, at + VdsoImage.SEQUENCE) | 1;
        memory.set(JAVA_LONG, at + VdsoImage.SEQUENCE, sequence);
        VarHandle.storeStoreFence();
        memory.set(JAVA_LONG, at + VdsoImage.TICKS, baseTicks);
        memory.set(JAVA_LONG, at + VdsoImage.MONOTONIC, baseNanos);
        memory.set(JAVA_LONG, at + VdsoImage.REALTIME, realtime);
        memory.set(JAVA_LONG, at + VdsoImage.RATE, (long) (nanosPerTick * ONE));
        VarHandle.storeStoreFence();
        memory.set(JAVA_LONG, at + VdsoImage.SEQUENCE, sequence + 1);
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        host = restoration.resource(HostClock.class);
        last = Sample.NONE;
    }
}
