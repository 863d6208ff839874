package stasis.cli.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketPool;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.net.wire.UdpHeader;

import java.lang.foreign.MemorySegment;

class UdpPiecesTest {
    private static final int IP = EthernetHeader.LENGTH;
    private static final int UDP = IP + Ipv4Header.LENGTH;
    private static final int DATA = UDP + UdpHeader.LENGTH;

    private final PacketPool pool = new PacketPool();
    private final UdpPieces pieces = new UdpPieces();

    private static byte[] frame(int payload) {
        byte[] b = new byte[DATA + payload];
        EthernetHeader.write(b, 0, 2, 4, EthernetHeader.IPV4);
        Ipv4Header.write(b, IP, b.length - IP, 0, 1, 0, 64, IpProtocol.UDP, 1, 2);
        UdpHeader.write(b, UDP, 5, 6, UdpHeader.LENGTH + payload);
        for (int i = 0; i < payload; i++) b[DATA + i] = (byte) i;
        return b;
    }

    @Test
    void eachIsADatagramOfItsOwn() {
        pieces.cut(MemorySegment.ofArray(frame(250)), 100);
        int[] lengths = {100, 100, 50};
        for (int i = 0; i < lengths.length; i++) {
            PacketBuffer p = pieces.next(pool);
            assertNotNull(p);
            byte[] b = p.copy();
            assertEquals(DATA + lengths[i], b.length);
            assertTrue(Ipv4Header.isValid(b, IP, b.length));
            assertTrue(Ipv4Header.hasValidChecksum(b, IP));
            assertEquals(UdpHeader.LENGTH + lengths[i], UdpHeader.length(b, UDP));
            assertEquals((byte) (100 * i), b[DATA]);
            assertTrue(p.isChecked());
            p.release();
        }
        assertNull(pieces.next(pool));
        assertEquals(0, pool.outstanding());
    }

    @Test
    void whatMakesNoSenseIsNothing() {
        pieces.cut(MemorySegment.ofArray(frame(250)), 0);
        assertNull(pieces.next(pool));
        pieces.cut(MemorySegment.ofArray(new byte[60]), 10);
        PacketBuffer p = pieces.next(pool);
        while (p != null) {
            p.release();
            p = pieces.next(pool);
        }
        assertEquals(0, pool.outstanding());
    }
}
