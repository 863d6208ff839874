package stasis.net.ip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.net.IpAddress;
import stasis.net.link.Loopback;
import stasis.net.link.PacketBuffer;
import stasis.net.stack.TwoStacks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

class FragmentsTest {
    private static final int HEADER = 20;
    private final NetContext context = new NetContext(TwoStacks.entropy(1));
    private final IpLayer ip = new IpLayer(context);
    private final Nic nic = ip.addNic("lo", new Loopback(), true);
    private final Fragments fragments = ip.fragments();

    private static FragmentKey key(int id) {
        return new FragmentKey(IpAddress.v4(1, 1, 1, 1), IpAddress.v4(2, 2, 2, 2), id, 17);
    }

    /** The bytes from..to of a packet, each the lower half of its place. */
    private @Nullable PacketBuffer add(int id, int from, int to, boolean last) {
        PacketBuffer p = context.pool().take(HEADER + to - from);
        for (int i = from; i < to; i++) p.bytes()[p.start() + HEADER + i - from] = (byte) i;
        int at = p.start();
        p.bytes()[at] = 0x45;
        p.consume(HEADER);
        PacketBuffer whole = fragments.add(key(id), nic, p, at, at + HEADER, from, last);
        p.release();
        return whole;
    }

    private static byte[] bytes(int length) {
        byte[] b = new byte[length];
        for (int i = 0; i < length; i++) b[i] = (byte) i;
        return b;
    }

    private static void assertWhole(@Nullable PacketBuffer whole, int length) {
        assertNotNull(whole);
        byte[] got = whole.copy();
        assertArrayEquals(bytes(length), Arrays.copyOfRange(got, HEADER, got.length));
        whole.release();
    }

    @Test
    void partsInOrderBecomeAPacket() {
        assertNull(add(1, 0, 800, false));
        assertNull(add(1, 800, 1600, false));
        assertWhole(add(1, 1600, 1700, true), 1700);
        assertEquals(0, fragments.openPackets());
        assertEquals(0, fragments.heldBytes());
        assertEquals(0, context.pool().outstanding());
    }

    @Test
    void partsInAnyOrderBecomeAPacket() {
        Random random = new Random(1);
        for (int round = 0; round < 100; round++) {
            List<Integer> parts = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6));
            Collections.shuffle(parts, random);
            PacketBuffer whole = null;
            for (int i : parts) {
                assertNull(whole);
                whole = add(round, 80 * i, 80 * i + 80, i == 6);
            }
            assertWhole(whole, 560);
        }
    }

    @Test
    void packetsOfOtherNumbersAreApart() {
        assertNull(add(1, 0, 8, false));
        assertNull(add(2, 8, 16, true));
        assertEquals(2, fragments.openPackets());
    }

    @Test
    void aPartThatComesTwiceIsADuplicate() {
        assertNull(add(1, 0, 80, false));
        assertNull(add(1, 0, 80, false));
        assertNull(add(1, 8, 16, false));
        assertWhole(add(1, 80, 90, true), 90);
    }

    @Test
    void overlappingPartsEndThePacket() {
        assertNull(add(1, 0, 80, false));
        assertNull(add(1, 72, 90, true));
        assertEquals(0, fragments.openPackets());
    }

    @Test
    void twoEndsEndThePacket() {
        assertNull(add(1, 80, 90, true));
        assertNull(add(1, 160, 170, true));
        assertEquals(0, fragments.openPackets());
    }

    @Test
    void aPartBeyondTheEndEndsThePacket() {
        assertNull(add(1, 80, 90, true));
        assertNull(add(1, 160, 168, false));
        assertEquals(0, fragments.openPackets());
    }

    @Test
    void partsThatAreNoMultipleOfEightAreRefused() {
        assertNull(add(1, 0, 81, false));
        assertEquals(0, fragments.openPackets());
        assertEquals(1, nic.counters().receivedBad);
    }

    @Test
    void noPacketIsLongerThanIpAllows() {
        assertNull(add(1, 65_528, 65_536, true));
        assertEquals(0, fragments.openPackets());
    }

    @Test
    void whatNeverBecomesWholeIsForgottenAfterHalfAMinute() {
        assertNull(add(1, 0, 8, false));
        context.clock().advanceTo(29_999_999_999L);
        context.timers().run(29_999_999_999L);
        assertEquals(1, fragments.openPackets());
        context.clock().advanceTo(30_000_000_000L);
        context.timers().run(30_000_000_000L);
        assertEquals(0, fragments.openPackets());
        assertEquals(0, context.pool().outstanding());
    }

    @Test
    void aFloodOfPartsIsBounded() {
        for (int i = 0; i < 10_000; i++) {
            assertNull(add(i, 60_000, 61_000, false));
            assertTrue(fragments.heldBytes() <= Fragments.MAX_BYTES);
        }
        assertTrue(fragments.openPackets() <= Fragments.MAX_PACKETS);
    }
}
