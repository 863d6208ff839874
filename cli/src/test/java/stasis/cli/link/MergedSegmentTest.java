package stasis.cli.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import stasis.net.wire.Checksum;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.net.wire.Ipv6Header;
import stasis.net.wire.TcpHeader;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

class MergedSegmentTest {
    private static final int IP = EthernetHeader.LENGTH;
    private static final int VIRTIO = 0;
    private static final int AT = VirtioNetHeader.LENGTH;
    private static final int FROM = 0x0a000001;
    private static final int TO = 0x0a000002;

    private final MemorySegment room = MemorySegment.ofArray(new byte[80_000]);
    private final MergedSegment merged = new MergedSegment();

    /** A frame whose data are {@code length} times {@code fill}. */
    private static byte[] v4(int seq, int flags, int length, int fill) {
        byte[] b = frame(IP + Ipv4Header.LENGTH, EthernetHeader.IPV4, seq, flags, length, fill);
        int total = Ipv4Header.LENGTH + TcpHeader.LENGTH + length;
        Ipv4Header.write(
                b, IP, total, 0, seq, Ipv4Header.DONT_FRAGMENT, 64, IpProtocol.TCP, FROM, TO);
        return b;
    }

    private static byte[] v6(int seq, int length, int fill) {
        int tcp = IP + Ipv6Header.LENGTH;
        byte[] b = frame(tcp, EthernetHeader.IPV6, seq, TcpHeader.ACK, length, fill);
        Ipv6Header.write(b, IP, TcpHeader.LENGTH + length, 0, IpProtocol.TCP, 64);
        Ipv6Header.writeAddresses(b, IP, 1, 2, 3, 4);
        return b;
    }

    private static byte[] frame(int tcp, int type, int seq, int flags, int length, int fill) {
        byte[] b = new byte[tcp + TcpHeader.LENGTH + length];
        EthernetHeader.write(b, 0, 2, 4, type);
        TcpHeader.writePorts(b, tcp, 1000, 2000);
        TcpHeader.write(b, tcp, seq, 77, TcpHeader.LENGTH, flags, 500, 0);
        Arrays.fill(b, tcp + TcpHeader.LENGTH, b.length, (byte) fill);
        return b;
    }

    private void begin(byte[] frame) {
        merged.begin(frame, 0, frame.length, room, AT);
    }

    private boolean add(byte[] frame) {
        return merged.add(frame, 0, frame.length, room, AT);
    }

    private byte[] finished() {
        merged.finish(room, AT, VIRTIO);
        return room.asSlice(AT, merged.length()).toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void segmentsInARowAreOne() {
        begin(v4(100, TcpHeader.ACK, 50, 1));
        assertTrue(add(v4(150, TcpHeader.ACK, 50, 2)));
        assertTrue(add(v4(200, TcpHeader.ACK | TcpHeader.PSH, 20, 3)));
        byte[] all = finished();
        assertEquals(IP + 40 + 120, all.length);
        assertEquals(160, Ipv4Header.totalLength(all, IP));
        assertTrue(Ipv4Header.hasValidChecksum(all, IP));
        int tcp = IP + Ipv4Header.LENGTH;
        assertEquals(100, TcpHeader.seq(all, tcp));
        assertEquals(TcpHeader.ACK | TcpHeader.PSH, TcpHeader.flags(all, tcp));
        assertEquals(50, VirtioNetHeader.pieceLength(room, VIRTIO));
        assertEquals(VirtioNetHeader.TCP_V4, VirtioNetHeader.kind(room, VIRTIO));
        assertEquals(VirtioNetHeader.NEEDS_CHECKSUM, VirtioNetHeader.flags(room, VIRTIO));
        assertEquals(3, all[all.length - 1]);
        assertEquals(2, all[IP + 40 + 99]);
    }

    /** What the host completes: the partial sum of the pseudo header stands in the field. */
    @Test
    void checksumFieldHasThePseudoHeader() {
        begin(v4(100, TcpHeader.ACK, 50, 1));
        assertTrue(add(v4(150, TcpHeader.ACK, 50, 2)));
        byte[] all = finished();
        int tcp = IP + Ipv4Header.LENGTH;
        int sum = Checksum.pseudoHeaderV4(FROM, TO, IpProtocol.TCP, 120);
        assertEquals(sum, (all[tcp + 16] & 0xff) << 8 | all[tcp + 17] & 0xff);
    }

    @Test
    void overV6TheyAreOneAsWell() {
        begin(v6(100, 50, 1));
        assertTrue(add(v6(150, 50, 2)));
        byte[] all = finished();
        assertEquals(120, Ipv6Header.payloadLength(all, IP));
        assertEquals(VirtioNetHeader.TCP_V6, VirtioNetHeader.kind(room, VIRTIO));
    }

    @Test
    void oneAloneStaysAsItIs() {
        byte[] frame = v4(100, TcpHeader.ACK, 50, 1);
        begin(frame);
        assertArrayEquals(frame, finished());
        assertEquals(0, VirtioNetHeader.kind(room, VIRTIO));
        assertEquals(0, VirtioNetHeader.flags(room, VIRTIO));
    }

    @Test
    void gapsAndRepetitionsAreNotJoined() {
        begin(v4(100, TcpHeader.ACK, 50, 1));
        assertFalse(add(v4(100, TcpHeader.ACK, 50, 1)));
        assertFalse(add(v4(151, TcpHeader.ACK, 50, 2)));
    }

    @Test
    void nothingFollowsAShorterPieceOrAPush() {
        begin(v4(100, TcpHeader.ACK, 50, 1));
        assertTrue(add(v4(150, TcpHeader.ACK, 20, 2)));
        assertFalse(add(v4(170, TcpHeader.ACK, 20, 3)));
        finished();
        begin(v4(100, TcpHeader.ACK | TcpHeader.PSH, 50, 1));
        assertFalse(add(v4(150, TcpHeader.ACK, 50, 2)));
    }

    @Test
    void largerPiecesAndOtherFlagsAreNotJoined() {
        begin(v4(100, TcpHeader.ACK, 50, 1));
        assertFalse(add(v4(150, TcpHeader.ACK, 51, 2)));
        assertFalse(add(v4(150, TcpHeader.ACK | TcpHeader.FIN, 50, 2)));
        assertFalse(add(v4(150, TcpHeader.ACK, 0, 2)));
    }

    @Test
    void otherHeadersAreNotJoined() {
        for (int at : new int[] {0, IP + 1, IP + 8, IP + 15, IP + 20, IP + 31, IP + 35}) {
            begin(v4(100, TcpHeader.ACK, 50, 1));
            byte[] other = v4(150, TcpHeader.ACK, 50, 2);
            other[at] ^= 1;
            assertFalse(add(other), "byte " + at);
            finished();
        }
    }

    @Test
    void packetsStayBelowWhatTheirHeaderCanSay() {
        int each = 1448;
        begin(v4(0, TcpHeader.ACK, each, 1));
        int n = 1;
        while (add(v4(n * each, TcpHeader.ACK, each, 1))) n++;
        byte[] all = finished();
        assertEquals((65535 - 40) / each, n);
        assertEquals(40 + n * each, Ipv4Header.totalLength(all, IP));
    }
}
