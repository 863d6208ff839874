package stasis.net.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class FaultyLinkTest {
    private final PacketPool pool = new PacketPool();
    private final Veth[] cable = Veth.pair(1500, 0, 0);

    @Test
    void withoutFaultsAllArrivesInOrder() {
        assertEquals(List.of(0, 1, 2, 3), sendAndReceive(Faults.NONE, 4, 0));
        assertEquals(0, pool.outstanding());
    }

    @Test
    void delayedPacketsComeWhenTheirTimeHasCome() {
        FaultyLink link = new FaultyLink(cable[1], new Faults(0, 0, 0, 0, 1000, 0), 1);
        send(7);

        assertNull(link.receive(0));
        assertEquals(1000, link.nextNanos());
        assertNull(link.receive(999));
        assertNotNull(link.receive(1000));
    }

    @Test
    void lossLosesAboutItsShare() {
        int arrived = sendAndReceive(new Faults(250, 0, 0, 0, 0, 0), 2000, 0).size();

        assertEquals(1500, arrived, 100);
        assertEquals(0, pool.outstanding());
    }

    @Test
    void duplicatesAreCopies() {
        assertEquals(List.of(0, 0, 1, 1), sendAndReceive(new Faults(0, 1000, 0, 0, 0, 0), 2, 0));
    }

    @Test
    void reorderedPacketsAreOvertaken() {
        List<Integer> arrived =
                sendAndReceive(new Faults(0, 0, 0, 300, 0, 1_000_000), 100, 2_000_000);

        assertEquals(100, arrived.size());
        assertNotEquals(arrived.stream().sorted().toList(), arrived);
    }

    @Test
    void theSameSeedHasTheSameFate() {
        Faults faults = new Faults(100, 100, 0, 100, 0, 1000);

        assertEquals(sendAndReceive(faults, 100, 5000), sendAndReceive(faults, 100, 5000));
    }

    @Test
    void corruptionChangesOneBit() {
        FaultyLink link = new FaultyLink(cable[1], new Faults(0, 0, 1000, 0, 0, 0), 1);
        send(0);

        PacketBuffer p = link.receive(0);
        assertNotNull(p);
        int bits = 0;
        for (byte b : p.copy()) bits += Integer.bitCount(b & 0xff);
        assertEquals(1, bits);
    }

    private List<Integer> sendAndReceive(Faults faults, int count, long until) {
        FaultyLink link = new FaultyLink(cable[1], faults, 42);
        List<Integer> arrived = new ArrayList<>();
        for (int i = 0; i < count; i++) send(i);
        for (long now = 0; now <= until; now += 100) {
            PacketBuffer p;
            while ((p = link.receive(now)) != null) {
                arrived.add(p.bytes()[p.start()] & 0xff | (p.bytes()[p.start() + 1] & 0xff) << 8);
                p.release();
            }
        }
        return arrived;
    }

    private void send(int number) {
        PacketBuffer p = pool.take(20);
        java.util.Arrays.fill(p.bytes(), p.start(), p.end(), (byte) 0);
        p.bytes()[p.start()] = (byte) number;
        p.bytes()[p.start() + 1] = (byte) (number >> 8);
        cable[0].send(p);
    }
}
