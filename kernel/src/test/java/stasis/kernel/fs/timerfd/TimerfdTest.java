package stasis.kernel.fs.timerfd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.kernel.fs.IpcFixture.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.abi.Errno;
import stasis.abi.SyscallException;
import stasis.kernel.fs.IpcFixture;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.anon.Words;
import stasis.kernel.time.MonotonicClock;

import java.lang.foreign.MemorySegment;

class TimerfdTest {
    private final IpcFixture caller = new IpcFixture();

    private Timerfd timer(TimerfdClock clock) {
        return new Timerfd(
                AnonymousFilesystem.newOther(caller.vfs, caller, "[timerfd]"),
                clock,
                caller.clock,
                caller.realtime);
    }

    private long expirations(Timerfd timer) throws SyscallException {
        MemorySegment to = MemorySegment.ofArray(new byte[8]);
        timer.read(caller, to, 0, 8, 0);
        return Words.get(to, 0);
    }

    @Test
    void relativeTimerExpiresOnce() throws Exception {
        Timerfd timer = timer(TimerfdClock.MONOTONIC);
        timer.set(new Arming(100, 0), false, false);
        caller.advance(99);
        assertErrno(Errno.EAGAIN, () -> expirations(timer));
        assertEquals(new Arming(1, 0), timer.get());
        caller.advance(1);
        assertEquals(POLLIN | POLLRDNORM, timer.readiness());
        assertEquals(1, expirations(timer));
        assertEquals(Arming.DISARMED, timer.get());
    }

    @Test
    void intervalsThatWereMissedAreCounted() throws Exception {
        Timerfd timer = timer(TimerfdClock.MONOTONIC);
        timer.set(new Arming(10, 5), false, false);
        caller.advance(26);
        assertEquals(4, expirations(timer));
        assertEquals(new Arming(4, 5), timer.get());
    }

    @Test
    void setReturnsWhatWasLeft() throws Exception {
        Timerfd timer = timer(TimerfdClock.MONOTONIC);
        timer.set(new Arming(100, 7), false, false);
        caller.advance(40);
        assertEquals(new Arming(60, 7), timer.set(Arming.DISARMED, false, false));
        caller.advance(1000);
        assertErrno(Errno.EAGAIN, () -> expirations(timer));
    }

    @Test
    void sleeperIsWokenByTheClock() throws Exception {
        Timerfd timer = timer(TimerfdClock.MONOTONIC);
        timer.set(new Arming(100, 0), false, false);
        var file = caller.open(timer, 0);
        caller.whileAsleep(() -> caller.advance(50));
        caller.whileAsleep(() -> caller.advance(50));
        assertEquals(8, caller.read(file, 8).length());
    }

    @Test
    void absoluteRealtimeTimerFollowsTheClock() throws Exception {
        Timerfd timer = timer(TimerfdClock.REALTIME);
        timer.set(new Arming(caller.hostRealtime + 100, 0), true, false);
        caller.hostRealtime += 100;
        assertEquals(1, expirations(timer));
    }

    @Test
    void hugeIntervalsDoNotOverflow() throws Exception {
        Timerfd timer = timer(TimerfdClock.MONOTONIC);
        timer.set(new Arming(1, Long.MAX_VALUE), false, false);
        caller.advance(5);
        assertEquals(1, expirations(timer));
        timer.set(new Arming(Long.MAX_VALUE, 0), false, false);
        caller.advance(5);
        assertFalse(timer.get().isDisarmed());
    }

    @Test
    void armedTimerExpiresAfterRestoreAtTheSameGuestTime() throws Exception {
        Timerfd timer = timer(TimerfdClock.MONOTONIC);
        timer.set(new Arming(100, 0), false, false);
        caller.advance(60);
        Timerfd restored = caller.saveAndRestore(timer, Timerfd.class);
        caller.hostNanos += 1_000_000;
        restored.clock().start();
        assertErrno(Errno.EAGAIN, () -> expirations(restored));
        caller.hostNanos += 40;
        assertEquals(restored.clock().now(), 100);
        assertEquals(MonotonicClock.NEVER, restored.clock().runExpired());
        assertEquals(1, expirations(restored));
    }

    @Test
    void restoreCancelsWhoAskedToBeToldOfClockChanges() throws Exception {
        Timerfd timer = timer(TimerfdClock.REALTIME);
        timer.set(new Arming(caller.hostRealtime + 1_000, 0), true, true);
        Timerfd restored = caller.saveAndRestore(timer, Timerfd.class);
        assertEquals(POLLIN | POLLRDNORM, restored.readiness());
        assertErrno(Errno.ECANCELED, () -> expirations(restored));
        assertErrno(Errno.EAGAIN, () -> expirations(restored));
    }
}
