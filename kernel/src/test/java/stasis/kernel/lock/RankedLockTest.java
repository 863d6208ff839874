package stasis.kernel.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RankedLockTest {
    private final RankedLock outer = new RankedLock(LockRank.VFS);
    private final RankedLock inner = new RankedLock(LockRank.WAIT_QUEUE);

    @Test
    void lockOutOfOrderIsCaught() {
        try (var _ = inner.hold()) {
            AssertionError e = assertThrows(AssertionError.class, outer::hold);
            assertEquals("lock order: VFS taken while holding WAIT_QUEUE", e.getMessage());
        }
        assertFalse(outer.heldByMe());
    }

    @Test
    void secondLockOfARankIsCaught() {
        RankedLock other = new RankedLock(LockRank.VFS);
        try (var _ = outer.hold()) {
            assertThrows(AssertionError.class, other::hold);
        }
    }

    @Test
    void lockThatWasLetGoIsForgotten() {
        try (var _ = inner.hold()) {
            assertFalse(outer.heldByMe());
        }
        try (var _ = outer.hold();
                var _ = inner.hold()) {
            assertEquals(true, outer.heldByMe());
        }
    }
}
