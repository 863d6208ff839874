package stasis.cli.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * {@code struct virtio_net_hdr} of {@code include/uapi/linux/virtio_net.h}, in the order of this
 * machine, before a frame.
 *
 * <pre>
 * offset  size  field
 *      0     1  flags: 1 the checksum is only that of the pseudo header, 2 it has been looked at
 *      1     1  what is to be cut: 0 nothing, 1 TCP over IPv4, 4 TCP over IPv6, 5 UDP; 0x80 ECN
 *      2     2  length of the headers
 *      4     2  payload of each piece
 *      6     2  where the checksum begins
 *      8     2  where its field is, from there
 *     10        length
 * </pre>
 */
final class VirtioNetHeader {
    static final int LENGTH = 10;
    static final int NEEDS_CHECKSUM = 1;
    static final int CHECKED = 2;
    static final int TCP_V4 = 1;
    static final int TCP_V6 = 4;
    static final int UDP = 5;
    private static final int ECN = 0x80;

    private VirtioNetHeader() {}

    static int flags(MemorySegment s, long at) {
        return s.get(JAVA_BYTE, at);
    }

    static int kind(MemorySegment s, long at) {
        return s.get(JAVA_BYTE, at + 1) & ~ECN & 0xff;
    }

    static int pieceLength(MemorySegment s, long at) {
        return s.get(JAVA_SHORT_UNALIGNED, at + 4) & 0xffff;
    }

    /** Of a frame that is sent as it is. */
    static void writeNone(MemorySegment s, long at) {
        s.asSlice(at, LENGTH).fill((byte) 0);
    }

    static void write(
            MemorySegment s,
            long at,
            int kind,
            int headers,
            int pieceLength,
            int checksumFrom,
            int checksumField) {
        s.set(JAVA_BYTE, at, (byte) NEEDS_CHECKSUM);
        s.set(JAVA_BYTE, at + 1, (byte) kind);
        s.set(JAVA_SHORT_UNALIGNED, at + 2, (short) headers);
        s.set(JAVA_SHORT_UNALIGNED, at + 4, (short) pieceLength);
        s.set(JAVA_SHORT_UNALIGNED, at + 6, (short) checksumFrom);
        s.set(JAVA_SHORT_UNALIGNED, at + 8, (short) checksumField);
    }
}
