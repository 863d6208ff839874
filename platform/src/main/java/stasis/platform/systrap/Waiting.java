package stasis.platform.systrap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.platform.stub.StubDiedException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;

/**
 * How the sentry waits for a guest thread. Nothing wakes it when the stub is killed from outside or
 * hides from interruptions, so a wait looks around now and then; guest code that runs that long
 * costs more than the look.
 */
final class Waiting {
    private static final long LOOK_NANOS = 50_000_000;

    /** So many looks after an interruption was asked for, the guest is hiding: 10 s. */
    private static final int PATIENCE = 200;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment timeout = arena.allocate(16, 8);

    Waiting() {
        timeout.set(JAVA_LONG, 8, LOOK_NANOS);
    }

    /** Until it is the sentry's turn. */
    void await(GuestThread thread, SystrapAddressSpace space, BooleanSupplier isOverdue)
            throws StubDiedException {
        Area area = thread.area;
        int late = 0;
        for (int turn; (turn = area.word()) != Area.SENTRY; ) {
            if (turn != Area.STUB || space.hasEnded()) throw StubDiedException.DIED;
            if (area.sleep(timeout.address()) && area.word() == Area.STUB) {
                if (thread.isGone()) throw StubDiedException.DIED;
                if (isOverdue.getAsBoolean() && ++late > PATIENCE) throw StubDiedException.DIED;
            }
        }
    }

    void close() {
        arena.close();
    }
}
