package stasis.cli.link;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One message of rtnetlink(7) that was received; see {@link RouteMessage} for its shape. */
final class RouteReply {
    private final ByteBuffer bytes;
    private final int type;

    /** The payload from..to of {@code all}. */
    RouteReply(int type, byte[] all, int from, int to) {
        this.type = type;
        this.bytes =
                ByteBuffer.wrap(Arrays.copyOfRange(all, from, to)).order(ByteOrder.LITTLE_ENDIAN);
    }

    int type() {
        return type;
    }

    int u8(int at) {
        return at < bytes.limit() ? bytes.get(at) & 0xff : 0;
    }

    int u16(int at) {
        return at + 2 <= bytes.limit() ? bytes.getShort(at) & 0xffff : 0;
    }

    int i32(int at) {
        return at + 4 <= bytes.limit() ? bytes.getInt(at) : 0;
    }

    /**
     * The value of an attribute; empty if there is none.
     *
     * @param structBytes where attributes begin
     */
    byte[] attribute(int structBytes, int wanted) {
        int at = structBytes;
        while (at + 4 <= bytes.limit()) {
            int length = u16(at);
            if (length < 4 || at + length > bytes.limit()) break;
            if ((u16(at + 2) & 0x3fff) == wanted) {
                return Arrays.copyOfRange(bytes.array(), at + 4, at + length);
            }
            at += length + 3 & ~3;
        }
        return new byte[0];
    }

    int number(int structBytes, int wanted, int otherwise) {
        byte[] value = attribute(structBytes, wanted);
        if (value.length != 4) return otherwise;
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    String text(int structBytes, int wanted) {
        byte[] value = attribute(structBytes, wanted);
        int end = 0;
        while (end < value.length && value[end] != 0) end++;
        return new String(value, 0, end, StandardCharsets.US_ASCII);
    }
}
