package stasis.platform.stub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import stasis.host.Host;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Owners are threads of their own; the stub thread of each is the owner itself. */
@Timeout(60)
class PlacementTest {
    private final Placement.Group group = new Placement.Group(Cores.ofThisThread());
    private final Owner first = new Owner();
    private final Owner second = new Owner();

    private final class Owner {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        final Placement placement = group.open();

        void does(Runnable what) {
            try {
                Future<?> done = thread.submit(what);
                done.get();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        void enters() {
            does(() -> placement.enter(Host.gettid()));
        }

        void leaves() {
            does(placement::leave);
        }

        void wakes(Owner other) {
            does(() -> other.placement.follow(placement));
        }
    }

    @AfterEach
    void close() {
        for (Owner owner : new Owner[] {first, second}) {
            owner.does(owner.placement::close);
            owner.thread.shutdown();
        }
        group.close();
    }

    private void bothRunApart() {
        assumeTrue(Cores.ofThisThread().isPinning(), "one core only");
        first.enters();
        second.enters();
        assertNotEquals(first.placement.core(), second.placement.core());
    }

    @Test
    void whoIsWokenFollowsToTheCoreOfTheWaker() {
        bothRunApart();
        second.leaves();
        first.leaves();
        first.wakes(second);
        second.enters();
        assertEquals(first.placement.core(), second.placement.core());
    }

    @Test
    void whoRunsUserCodeIsNotMoved() {
        bothRunApart();
        first.leaves();
        first.wakes(second);
        assertNotEquals(first.placement.core(), second.placement.core());
    }

    @Test
    void twoThatStayInUserCodeOnOneCoreAreSetApart() {
        bothRunApart();
        second.leaves();
        first.leaves();
        first.wakes(second);
        second.enters();
        first.enters();
        while (first.placement.core() == second.placement.core()) Thread.onSpinWait();
    }

    @Test
    void theyStaySetApartOnceTheirTurnsAreOver() {
        bothRunApart();
        second.leaves();
        first.leaves();
        first.wakes(second);
        for (int i = 0; i < 10; i++) {
            second.enters();
            second.leaves();
        }
        second.enters();
        first.enters();
        first.leaves();
        for (int i = 0; i < 10; i++) {
            first.enters();
            if (i < 9) first.leaves();
        }
        assertNotEquals(first.placement.core(), second.placement.core());
    }
}
