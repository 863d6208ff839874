package stasis.kernel.socket.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Netlink messages one after the other, in the byte order of the machine.
 *
 * <pre>
 * struct nlmsghdr                      struct rtattr
 * offset  size  field                  offset  size  field
 *      0     4  nlmsg_len                   0     2  rta_len, with this header
 *      4     2  nlmsg_type                  2     2  rta_type
 *      6     2  nlmsg_flags                 4        data; the next at a multiple of 4
 *      8     4  nlmsg_seq
 *     12     4  nlmsg_pid
 *     16        data; the next at a multiple of 4
 * </pre>
 */
final class MessageWriter {
    static final int HEADER = 16;
    private static final int ATTRIBUTE_HEADER = 4;

    private ByteBuffer buffer = allocate(1024);
    private int start;

    MessageWriter() {}

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void room(int bytes) {
        if (buffer.remaining() >= bytes) return;
        int larger = Math.max(2 * buffer.capacity(), buffer.position() + bytes);
        buffer = allocate(larger).put(buffer.flip());
    }

    int length() {
        return buffer.position();
    }

    byte[] bytes() {
        byte[] all = new byte[buffer.position()];
        buffer.get(0, all);
        return all;
    }

    MessageWriter begin(int type, int flags, int sequence, int port) {
        room(HEADER);
        start = buffer.position();
        buffer.putInt(0)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(sequence)
                .putInt(port);
        return this;
    }

    void end() {
        buffer.putInt(start, buffer.position() - start);
        align();
    }

    private void align() {
        while ((buffer.position() & 3) != 0) u8(0);
    }

    MessageWriter u8(int value) {
        room(1);
        buffer.put((byte) value);
        return this;
    }

    MessageWriter u16(int value) {
        room(2);
        buffer.putShort((short) value);
        return this;
    }

    MessageWriter u32(int value) {
        room(4);
        buffer.putInt(value);
        return this;
    }

    MessageWriter raw(byte[] data) {
        room(data.length);
        buffer.put(data);
        return this;
    }

    // ---- attributes ----

    MessageWriter attribute(int type, byte[] data) {
        u16(ATTRIBUTE_HEADER + data.length).u16(type).raw(data);
        align();
        return this;
    }

    MessageWriter attribute(int type, int value) {
        return u16(ATTRIBUTE_HEADER + 4).u16(type).u32(value);
    }

    MessageWriter byteAttribute(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    MessageWriter attribute(int type, String text) {
        return attribute(type, (text + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }
}
