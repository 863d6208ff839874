package stasis.kernel.socket.unix;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Socket.AF_UNIX;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import stasis.abi.ErrnoException;

import java.util.Arrays;

/**
 * {@code struct sockaddr_un}, {@code include/uapi/linux/un.h}.
 *
 * <pre>
 * offset  size  field
 *      0     2  sun_family
 *      2   108  sun_path    a path; or NUL and an abstract name as long as the rest
 *    110        sizeof
 * </pre>
 */
final class UnixAddress {
    static final int FAMILY_BYTES = 2;
    private static final int MAX_BYTES = 110;

    private UnixAddress() {}

    /** What getsockname(2) says of a socket without a name. */
    static byte[] unnamed() {
        return new byte[] {AF_UNIX, 0};
    }

    static void check(byte[] address) throws ErrnoException {
        if (address.length < FAMILY_BYTES || address.length > MAX_BYTES) throw EINVAL.exception();
        int family = (address[0] & 0xff) | (address[1] & 0xff) << 8;
        if (family != AF_UNIX) throw EINVAL.exception();
    }

    static boolean isUnnamed(byte[] address) {
        return address.length <= FAMILY_BYTES;
    }

    static boolean isAbstract(byte[] address) {
        return address.length > FAMILY_BYTES && address[FAMILY_BYTES] == 0;
    }

    /** The bytes after the first NUL, none lost. */
    static String abstractName(byte[] address) {
        return new String(address, 3, address.length - 3, ISO_8859_1);
    }

    static byte[] ofAbstract(String name) {
        byte[] text = name.getBytes(ISO_8859_1);
        byte[] address = Arrays.copyOf(unnamed(), 3 + text.length);
        System.arraycopy(text, 0, address, 3, text.length);
        return address;
    }

    static String path(byte[] address) {
        int end = FAMILY_BYTES;
        while (end < address.length && address[end] != 0) end++;
        return new String(address, FAMILY_BYTES, end - FAMILY_BYTES, ISO_8859_1);
    }

    /** With the NUL at the end, as Linux tells it. */
    static byte[] ofPath(String path) {
        byte[] text = path.getBytes(ISO_8859_1);
        byte[] address = Arrays.copyOf(unnamed(), FAMILY_BYTES + text.length + 1);
        System.arraycopy(text, 0, address, FAMILY_BYTES, text.length);
        return address;
    }
}
