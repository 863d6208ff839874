package stasis.cli.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.jspecify.annotations.Nullable;

import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketPool;
import stasis.net.wire.Bytes;
import stasis.net.wire.Checksum;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.Ipv6Header;
import stasis.net.wire.UdpHeader;

import java.lang.foreign.MemorySegment;

/**
 * A frame of many datagrams, which a program of the host has sent with UDP_SEGMENT, udp(7), or the
 * host has gathered: unlike those of TCP they have to be told apart.
 */
final class UdpPieces {
    private MemorySegment frame = MemorySegment.NULL;
    private byte[] headers = {};
    private int udp;
    private int each;
    private long next;

    /** Precondition: all of the last frame has been taken. */
    void cut(MemorySegment whole, int pieceLength) {
        frame = MemorySegment.NULL;
        next = 0;
        if (pieceLength == 0 || whole.byteSize() < EthernetHeader.LENGTH + Ipv6Header.LENGTH)
            return;
        boolean v6 = (whole.get(JAVA_BYTE, EthernetHeader.LENGTH) & 0xf0) == 0x60;
        int words = whole.get(JAVA_BYTE, EthernetHeader.LENGTH) & 0xf;
        udp = EthernetHeader.LENGTH + (v6 ? Ipv6Header.LENGTH : 4 * words);
        int data = udp + UdpHeader.LENGTH;
        if (data > whole.byteSize()) return;
        headers = whole.asSlice(0, data).toArray(JAVA_BYTE);
        frame = whole;
        each = pieceLength;
        next = data;
    }

    @Nullable PacketBuffer next(PacketPool pool) {
        if (next >= frame.byteSize()) return null;
        int n = (int) Math.min(each, frame.byteSize() - next);
        PacketBuffer p = pool.take(headers.length + n);
        byte[] b = p.bytes();
        System.arraycopy(headers, 0, b, p.start(), headers.length);
        MemorySegment.copy(frame, JAVA_BYTE, next, b, p.start() + headers.length, n);
        next += n;
        int ip = p.start() + EthernetHeader.LENGTH;
        int length = UdpHeader.LENGTH + n;
        Bytes.put16(b, p.start() + udp + 4, length);
        if ((b[ip] & 0xf0) == 0x60) {
            Bytes.put16(b, ip + 4, length);
        } else {
            int end = p.start() + udp;
            Bytes.put16(b, ip + 2, end - ip + length);
            Bytes.put16(b, ip + 10, 0);
            Bytes.put16(b, ip + 10, Checksum.of(b, ip, end));
        }
        p.setChecked(true);
        return p;
    }
}
