package stasis.cli.link;

import static stasis.abi.Rtnetlink.RTN_UNICAST;
import static stasis.abi.Rtnetlink.RTPROT_BOOT;
import static stasis.abi.Rtnetlink.RT_TABLE_MAIN;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message of rtnetlink(7) that is being made: the header, a structure, attributes.
 *
 * <pre>
 *   0  struct nlmsghdr  length 4, type 2, flags 2, sequence 4, port 4
 *  16  structure of the type
 *      struct rtattr    length 2, type 2, value, padded to 4; may hold others
 * </pre>
 */
public final class RouteMessage {
    static final int HEADER_BYTES = 16;
    private static final int MOST = 1024;

    private final ByteBuffer bytes = ByteBuffer.allocate(MOST).order(ByteOrder.LITTLE_ENDIAN);

    RouteMessage(int type, int flags, int sequence) {
        bytes.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
    }

    /** {@code struct ifinfomsg}: family, type, index, flags, which of them change. */
    RouteMessage link(int index, int flags, int change) {
        bytes.putShort((short) 0).putShort((short) 0).putInt(index).putInt(flags).putInt(change);
        return this;
    }

    /** {@code struct ifaddrmsg}: family, prefix length, flags, scope, index. */
    RouteMessage address(int family, int prefixLength, int index) {
        bytes.put((byte) family).put((byte) prefixLength).putShort((short) 0).putInt(index);
        return this;
    }

    /** {@code struct rtmsg}, 12 bytes, for a dump, or for a route of the main table. */
    RouteMessage route(int family, int prefixLength) {
        bytes.put((byte) family).put((byte) prefixLength).putShort((short) 0);
        bytes.put((byte) RT_TABLE_MAIN).put((byte) RTPROT_BOOT);
        bytes.put((byte) 0).put((byte) RTN_UNICAST).putInt(0);
        return this;
    }

    RouteMessage attribute(int type, byte[] value) {
        bytes.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        return pad();
    }

    private RouteMessage pad() {
        while ((bytes.position() & 3) != 0) bytes.put((byte) 0);
        return this;
    }

    RouteMessage attribute(int type, int value) {
        bytes.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    RouteMessage attribute(int type, String text) {
        return attribute(type, (text + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    /** Attributes up to {@link #end} are within this one. */
    int begin(int type) {
        int at = bytes.position();
        bytes.putShort((short) 0).putShort((short) type);
        return at;
    }

    RouteMessage end(int begun) {
        bytes.putShort(begun, (short) (bytes.position() - begun));
        return this;
    }

    byte[] toBytes() {
        bytes.putInt(0, bytes.position());
        byte[] all = new byte[bytes.position()];
        bytes.get(0, all);
        return all;
    }
}
