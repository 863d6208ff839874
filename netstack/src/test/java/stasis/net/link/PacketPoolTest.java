package stasis.net.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PacketPoolTest {
    private final PacketPool pool = new PacketPool();

    @Test
    void aReleasedBufferIsUsedAgain() {
        PacketBuffer p = pool.take(100);
        p.release();

        assertSame(p, pool.take(1460));
        assertEquals(1, pool.outstanding());
    }

    @Test
    void releasingTwiceIsFound() {
        PacketBuffer p = pool.take(100);
        p.release();

        assertThrows(IllegalStateException.class, p::release);
    }

    @Test
    void theLargestPacketFits() {
        PacketBuffer p = pool.take(65536);

        assertEquals(65536, p.length());
        assertTrue(p.start() >= 54);
    }

    @Test
    void aFullQueueReleasesWhatItRefuses() {
        PacketQueue queue = new PacketQueue(1);
        assertTrue(queue.offer(pool.take(1)));

        assertEquals(false, queue.offer(pool.take(1)));
        assertEquals(1, pool.outstanding());
        queue.clear();
        assertEquals(0, pool.outstanding());
    }
}
