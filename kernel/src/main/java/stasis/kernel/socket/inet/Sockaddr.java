package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EAFNOSUPPORT;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.AF_UNSPEC;

import stasis.abi.ErrnoException;
import stasis.net.IpAddress;
import stasis.net.SocketAddress;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Addresses as programs write them, ip(7) and ipv6(7). All but the family is big-endian.
 *
 * <pre>
 * struct sockaddr_in              struct sockaddr_in6
 * offset  size  field             offset  size  field
 *      0     2  sin_family             0     2  sin6_family
 *      2     2  sin_port               2     2  sin6_port
 *      4     4  sin_addr               4     4  sin6_flowinfo
 *      8     8  zero                   8    16  sin6_addr
 *     16        sizeof                24     4  sin6_scope_id, little-endian
 *                                     28        sizeof
 * </pre>
 */
final class Sockaddr {
    static final int V4_BYTES = 16;
    static final int V6_BYTES = 28;

    /** SIN6_LEN_RFC2133: without the scope. */
    private static final int V6_LEAST = 24;

    private Sockaddr() {}

    /** AF_UNSPEC if it is too short to say. */
    static int family(byte[] address) {
        return address.length < 2 ? AF_UNSPEC : (address[0] & 0xff) | (address[1] & 0xff) << 8;
    }

    /**
     * What {@code address} says to a socket of the family {@code domain}. An IPv6 socket also takes
     * IPv4 addresses in their mapped form.
     */
    static SocketAddress parse(byte[] address, int domain) throws ErrnoException {
        int least = domain == AF_INET ? V4_BYTES : V6_LEAST;
        if (address.length < least) throw EINVAL.exception();
        if (family(address) != domain) throw EAFNOSUPPORT.exception();
        ByteBuffer b = ByteBuffer.wrap(address);
        int port = b.getShort(2) & 0xffff;
        return new SocketAddress(
                domain == AF_INET
                        ? IpAddress.v4(b.getInt(4))
                        : new IpAddress(b.getLong(8), b.getLong(16)),
                port);
    }

    /** The interface that a link-local address belongs to; 0 if none is named. */
    static int scope(byte[] address) {
        if (family(address) != AF_INET6 || address.length < V6_BYTES) return 0;
        return ByteBuffer.wrap(address).order(ByteOrder.LITTLE_ENDIAN).getInt(24);
    }

    /** How a socket of the family {@code domain} tells of {@code address}. */
    static byte[] format(SocketAddress address, int domain, int scope) {
        IpAddress a = address.address();
        boolean v4 = domain == AF_INET;
        ByteBuffer b = ByteBuffer.allocate(v4 ? V4_BYTES : V6_BYTES);
        b.put(0, (byte) domain).putShort(2, (short) address.port());
        if (v4) return b.putInt(4, a.v4Bits()).array();
        b.putLong(8, a.high()).putLong(16, a.low());
        if (a.isLinkLocal()) b.order(ByteOrder.LITTLE_ENDIAN).putInt(24, scope);
        return b.array();
    }
}
