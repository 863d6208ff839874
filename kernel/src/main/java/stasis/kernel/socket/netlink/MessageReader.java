package stasis.kernel.socket.netlink;

import static stasis.abi.Errno.EINVAL;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** One request: its header, what follows it, and its attributes. All of it is the guest's. */
final class MessageReader {
    private static final int ATTRIBUTE_HEADER = 4;

    /** NLA_F_NESTED and NLA_F_NET_BYTEORDER are no part of the type. */
    private static final int TYPE_MASK = 0x3fff;

    private final byte[] bytes;
    private final ByteBuffer buffer;

    MessageReader(byte[] bytes) {
        this.bytes = bytes;
        this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] bytes() {
        return bytes;
    }

    int type() {
        return buffer.getShort(4) & 0xffff;
    }

    int flags() {
        return buffer.getShort(6) & 0xffff;
    }

    boolean has(int flag) {
        return (flags() & flag) == flag;
    }

    int sequence() {
        return buffer.getInt(8);
    }

    /** What the header of the request's own kind says at {@code offset}; 0 if it is shorter. */
    int u8(int offset) {
        int at = MessageWriter.HEADER + offset;
        return at < bytes.length ? bytes[at] & 0xff : 0;
    }

    int u32(int offset) {
        int at = MessageWriter.HEADER + offset;
        return at + 4 <= bytes.length ? buffer.getInt(at) : 0;
    }

    void require(int headerBytes) throws ErrnoException {
        if (bytes.length < MessageWriter.HEADER + headerBytes) throw EINVAL.exception();
    }

    /** The data of the first attribute {@code type} after {@code headerBytes}; null: none. */
    byte @Nullable [] attribute(int headerBytes, int type) {
        int at = MessageWriter.HEADER + headerBytes;
        while (at + ATTRIBUTE_HEADER <= bytes.length) {
            int length = buffer.getShort(at) & 0xffff;
            if (length < ATTRIBUTE_HEADER || at + length > bytes.length) return null;
            if ((buffer.getShort(at + 2) & TYPE_MASK) == type) {
                return Arrays.copyOfRange(bytes, at + ATTRIBUTE_HEADER, at + length);
            }
            at += length + 3 & ~3;
        }
        return null;
    }

    /** A number that an attribute holds; {@code otherwise} if there is none. */
    int number(int headerBytes, int type, int otherwise) {
        byte[] data = attribute(headerBytes, type);
        if (data == null || data.length < 4) return otherwise;
        return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
    }
}
