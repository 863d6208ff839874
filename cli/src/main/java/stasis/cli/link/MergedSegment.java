package stasis.cli.link;

import stasis.net.wire.Bytes;
import stasis.net.wire.Checksum;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.net.wire.Ipv6Header;
import stasis.net.wire.TcpHeader;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A frame that waits to be sent, and whether the next one only continues it: TCP segments of one
 * connection, one behind the other and with the same headers, leave as one large one that the host
 * cuts again, or hands on as it is to a receiver on the same machine. The opposite of what Linux's
 * {@code tcp_gro_receive} does, by the same rules.
 */
final class MergedSegment {
    private static final int MOST_HEADERS =
            EthernetHeader.LENGTH + Ipv6Header.LENGTH + TcpHeader.MAX_LENGTH;

    /** What an IPv4 header can say of its packet's length. */
    private static final int MOST_PACKET = 0xffff;

    private static final int IP = EthernetHeader.LENGTH;
    private static final int TCP_CHECKSUM = 16;

    /** The first frame's headers, for comparison. */
    private final byte[] headers = new byte[MOST_HEADERS];

    private boolean v4;

    /** Where TCP begins. */
    private int tcp;

    /** Where data begin; 0 if nothing can continue this frame. */
    private int data;

    /** Payload of all pieces but the last. */
    private int pieceLength;

    private int pieces;
    private int length;
    private int nextSeq;

    /** The last piece is here. */
    private boolean sealed;

    int length() {
        return length;
    }

    /** Becomes the frame from..to, which is copied to {@code at}. */
    void begin(byte[] b, int from, int to, MemorySegment room, long at) {
        length = to - from;
        pieces = 1;
        sealed = false;
        MemorySegment.copy(b, from, room, ValueLayout.JAVA_BYTE, at, length);
        data = 0;
        if (!isPlainTcp(b, from, to)) return;
        int end = tcp + TcpHeader.headerLength(b, from + tcp);
        if (end >= length || TcpHeader.flags(b, from + tcp) != TcpHeader.ACK) return;
        data = end;
        pieceLength = length - data;
        nextSeq = TcpHeader.seq(b, from + tcp) + pieceLength;
        System.arraycopy(b, from, headers, 0, data);
    }

    /** Without IP options, extension headers or fragments. Finds {@link #tcp}. */
    private boolean isPlainTcp(byte[] b, int from, int to) {
        if (to - from < IP + Ipv4Header.LENGTH + TcpHeader.LENGTH) return false;
        int type = EthernetHeader.type(b, from);
        int ip = from + IP;
        v4 = type == EthernetHeader.IPV4;
        if (v4) {
            tcp = IP + Ipv4Header.LENGTH;
            return b[ip] == 0x45
                    && !Ipv4Header.isFragment(b, ip)
                    && Ipv4Header.protocol(b, ip) == IpProtocol.TCP;
        }
        tcp = IP + Ipv6Header.LENGTH;
        return type == EthernetHeader.IPV6
                && to - from >= tcp + TcpHeader.LENGTH
                && Ipv6Header.nextHeader(b, ip) == IpProtocol.TCP;
    }

    /** Adds the frame from..to if it continues this one; nothing may follow a shorter piece. */
    boolean add(byte[] b, int from, int to, MemorySegment room, long at) {
        int more = to - from - data;
        if (data == 0 || more <= 0 || more > pieceLength) return false;
        if (length - IP + more > MOST_PACKET || !continues(b, from)) return false;
        MemorySegment.copy(b, from + data, room, ValueLayout.JAVA_BYTE, at + length, more);
        length += more;
        pieces++;
        nextSeq += more;
        headers[tcp + 13] |= b[from + tcp + 13]; // PSH, then nothing can follow
        if (more < pieceLength || isPushed(b, from)) sealed = true;
        return true;
    }

    private boolean isPushed(byte[] b, int from) {
        return (TcpHeader.flags(b, from + tcp) & TcpHeader.PSH) != 0;
    }

    private boolean continues(byte[] b, int from) {
        if (sealed || TcpHeader.seq(b, from + tcp) != nextSeq) return false;
        int flags = TcpHeader.flags(b, from + tcp) & ~TcpHeader.PSH;
        return flags == TcpHeader.ACK
                && sameAddresses(b, from)
                && same(b, from, tcp, tcp + 4) // ports
                && same(b, from, tcp + 8, tcp + 13) // acknowledgment, length
                && same(b, from, tcp + 14, tcp + 16) // window
                && same(b, from, tcp + 18, data); // urgent pointer, options
    }

    private boolean sameAddresses(byte[] b, int from) {
        if (!same(b, from, 0, IP + 2)) return false;
        return v4
                ? same(b, from, IP + 6, IP + 10) && same(b, from, IP + 12, tcp)
                : same(b, from, IP + 2, IP + 4) && same(b, from, IP + 6, tcp);
    }

    private boolean same(byte[] b, int from, int start, int end) {
        return Arrays.equals(b, from + start, from + end, headers, start, end);
    }

    /**
     * Completes the frame at {@code at}: what is before it, and headers that speak of all of it.
     *
     * @param virtioAt of its {@link VirtioNetHeader}
     */
    void finish(MemorySegment room, long at, long virtioAt) {
        if (pieces == 1) {
            VirtioNetHeader.writeNone(room, virtioAt);
            return;
        }
        int segment = length - tcp;
        int sum = v4 ? finishV4(segment) : finishV6(segment);
        TcpHeader.putChecksum(headers, tcp, sum);
        MemorySegment.copy(headers, 0, room, ValueLayout.JAVA_BYTE, at, data);
        int kind = v4 ? VirtioNetHeader.TCP_V4 : VirtioNetHeader.TCP_V6;
        VirtioNetHeader.write(room, virtioAt, kind, data, pieceLength, tcp, TCP_CHECKSUM);
    }

    /** The partial sum of the pseudo header. */
    private int finishV4(int segment) {
        Bytes.put16(headers, IP + 2, length - IP);
        Bytes.put16(headers, IP + 10, 0);
        Bytes.put16(headers, IP + 10, Checksum.of(headers, IP, IP + Ipv4Header.LENGTH));
        int from = Ipv4Header.source(headers, IP);
        int to = Ipv4Header.destination(headers, IP);
        return Checksum.pseudoHeaderV4(from, to, IpProtocol.TCP, segment);
    }

    private int finishV6(int segment) {
        Bytes.put16(headers, IP + 4, length - IP - Ipv6Header.LENGTH);
        return Checksum.pseudoHeaderV6(
                Ipv6Header.sourceHigh(headers, IP),
                Ipv6Header.sourceLow(headers, IP),
                Ipv6Header.destinationHigh(headers, IP),
                Ipv6Header.destinationLow(headers, IP),
                IpProtocol.TCP,
                segment);
    }
}
