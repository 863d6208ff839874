package stasis.kernel.vdso;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.Test;

import stasis.kernel.caller.FakeMemoryFile;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.time.HostClock;
import stasis.kernel.time.MonotonicClock;

import java.lang.foreign.MemorySegment;

class VdsoClockTest {
    private static final long SECOND = 1_000_000_000;
    private static final long EPOCH = 1_700_000_000 * SECOND;

    private final Host host = new Host();
    private final MonotonicClock clock = new MonotonicClock(host, 42 * SECOND);
    private final VdsoPages pages = new VdsoPages(new GuestMemory(new FakeMemoryFile(1 << 20)));
    private final VdsoClock vdso = new VdsoClock(pages, clock, host);

    /** A host whose counter makes {@code ticksPerMicro}, and which tells the time as it likes. */
    private static final class Host implements HostClock {
        long nanos = 1_000;
        long ticks = 77;
        long ticksPerMicro = 2_400;

        void pass(long time) {
            nanos += time;
            ticks += time / 1000 * ticksPerMicro;
        }

        @Override
        public long monotonicNanos() {
            return nanos;
        }

        @Override
        public long realtimeNanos() {
            return EPOCH + nanos;
        }

        @Override
        public long ticks() {
            return ticks;
        }
    }

    @Test
    void programsMakeTheCallUntilTheRateIsKnown() {
        vdso.start();
        assertEquals(0, parameter(VdsoImage.RATE));
        second(100_000_000);
        assertTrue(parameter(VdsoImage.RATE) != 0);
    }

    @Test
    void programsReadTheGuestsTime() {
        calibrated();
        host.pass(SECOND / 2);
        assertNear(clock.now(), read(VdsoImage.MONOTONIC));
        assertNear(host.realtimeNanos(), read(VdsoImage.REALTIME));
    }

    @Test
    void aFasterCounterIsFollowedWithoutAStepBack() {
        calibrated();
        host.ticksPerMicro = 2_401; // 400 ppm: programs run ahead
        long before = 0;
        for (int i = 0; i < 100; i++) {
            host.pass(SECOND / 10);
            long now = read(VdsoImage.MONOTONIC);
            assertTrue(now > before);
            before = now;
            if (i % 10 == 9) clock.runExpired();
            assertTrue(read(VdsoImage.MONOTONIC) >= now);
        }
        assertNear(clock.now(), read(VdsoImage.MONOTONIC));
    }

    @Test
    void timeStandsStillWhileTheSandboxIsPaused() {
        calibrated();
        host.pass(SECOND / 3);
        long before = read(VdsoImage.MONOTONIC);
        clock.stop();
        vdso.stop();
        host.pass(3600 * SECOND);
        clock.start();
        vdso.start();
        long after = read(VdsoImage.MONOTONIC);
        assertTrue(after >= before);
        assertNear(before, after);
        assertNear(host.realtimeNanos(), read(VdsoImage.REALTIME));
    }

    @Test
    void aReaderInTheMiddleOfAWriteStartsAgain() {
        calibrated();
        long before = parameter(VdsoImage.SEQUENCE);
        host.pass(SECOND);
        clock.runExpired();
        assertEquals(0, before & 1);
        assertEquals(before + 2, parameter(VdsoImage.SEQUENCE));
    }

    @Test
    void aHostWithoutAnEvenCounterHasRealCalls() {
        host.ticks = 0;
        host.ticksPerMicro = 0;
        vdso.start();
        second(SECOND);
        assertEquals(0, parameter(VdsoImage.RATE));
    }

    private void calibrated() {
        vdso.start();
        second(100_000_000);
        second(SECOND);
    }

    private void second(long nanos) {
        host.pass(nanos);
        clock.runExpired();
    }

    private long parameter(int at) {
        MemorySegment memory = pages.memory();
        return memory.get(JAVA_LONG, pages.parameters() + at);
    }

    /** What the code in the image computes. */
    private long read(int base) {
        long passed = host.ticks - parameter(VdsoImage.TICKS);
        long rate = parameter(VdsoImage.RATE);
        return parameter(base) + (Math.multiplyHigh(passed, rate) << 32 | passed * rate >>> 32);
    }

    private static void assertNear(long expected, long actual) {
        assertTrue(Math.abs(expected - actual) < 1000, expected + " and " + actual);
    }
}
