package stasis.kernel.socket;

import static stasis.abi.Errno.EINVAL;

import stasis.abi.ErrnoException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One {@code struct cmsghdr} with its data, cmsg(3). */
public record ControlMessage(int level, int type, byte[] data) {
    public static ControlMessage ofInt(int level, int type, int value) {
        return new ControlMessage(level, type, SocketOptions.bytesOf(value));
    }

    /** The number that the data begin with; EINVAL if there is none. */
    public int intValue() throws ErrnoException {
        return bytes(4).getInt(0);
    }

    /** At least {@code least} bytes, or EINVAL. */
    public ByteBuffer bytes(int least) throws ErrnoException {
        if (data.length < least) throw EINVAL.exception();
        return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }
}
