package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Ip.IPV6_HOPLIMIT;
import static stasis.abi.Ip.IPV6_PKTINFO;
import static stasis.abi.Ip.IPV6_TCLASS;
import static stasis.abi.Ip.IP_PKTINFO;
import static stasis.abi.Ip.IP_TOS;
import static stasis.abi.Ip.IP_TTL;
import static stasis.abi.Socket.SOL_IP;
import static stasis.abi.Socket.SOL_IPV6;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.socket.ControlMessage;
import stasis.net.IpAddress;
import stasis.net.ip.SendOptions;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What control messages ask for one datagram, ip(7) and ipv6(7).
 *
 * <pre>
 * struct in_pktinfo               struct in6_pktinfo
 * offset  size  field             offset  size  field
 *      0     4  ipi_ifindex            0    16  ipi6_addr
 *      4     4  ipi_spec_dst          16     4  ipi6_ifindex
 *      8     4  ipi_addr
 * </pre>
 *
 * @param hops -1: as the socket says; so for the other two
 */
record SentWith(@Nullable IpAddress source, int hops, int trafficClass, int nicIndex) {
    private static final int UNSAID = -1;

    static SentWith of(InetSocket s, List<ControlMessage> messages) throws ErrnoException {
        SentWith with = new SentWith(null, UNSAID, UNSAID, UNSAID);
        for (ControlMessage m : messages) {
            if (m.level() == SOL_IP) with = with.and(m);
            else if (m.level() == SOL_IPV6 && s.isV6()) with = with.andV6(m);
        }
        return with;
    }

    private SentWith and(ControlMessage m) throws ErrnoException {
        return switch (m.type()) {
            case IP_PKTINFO -> {
                int address = ByteBuffer.wrap(m.bytes(12).array()).getInt(4);
                int nic = m.bytes(12).getInt(0);
                yield withSource(address == 0 ? null : IpAddress.v4(address), nic);
            }
            case IP_TTL -> withHops(checkRange(m.intValue(), 1));
            case IP_TOS -> withTrafficClass(byteOrInt(m));
            default -> throw EINVAL.exception();
        };
    }

    private SentWith andV6(ControlMessage m) throws ErrnoException {
        return switch (m.type()) {
            case IPV6_PKTINFO -> {
                ByteBuffer b = ByteBuffer.wrap(m.bytes(20).array()).order(ByteOrder.BIG_ENDIAN);
                IpAddress address = new IpAddress(b.getLong(0), b.getLong(8));
                yield withSource(address.isAny() ? null : address, m.bytes(20).getInt(16));
            }
            case IPV6_HOPLIMIT -> {
                int n = m.intValue();
                yield n == -1 ? this : withHops(checkRange(n, 0));
            }
            case IPV6_TCLASS -> {
                int n = m.intValue();
                yield n == -1 ? this : withTrafficClass(checkRange(n, 0));
            }
            default -> throw EINVAL.exception();
        };
    }

    private static int byteOrInt(ControlMessage m) throws ErrnoException {
        if (m.data().length >= 4) return checkRange(m.intValue(), 0);
        return m.bytes(1).get(0) & 0xff;
    }

    private static int checkRange(int n, int least) throws ErrnoException {
        if (n < least || n > 255) throw EINVAL.exception();
        return n;
    }

    private SentWith withSource(@Nullable IpAddress address, int nic) throws ErrnoException {
        if (nic < 0) throw EINVAL.exception();
        return new SentWith(address, hops, trafficClass, nic == 0 ? nicIndex : nic);
    }

    private SentWith withHops(int other) {
        return new SentWith(source, other, trafficClass, nicIndex);
    }

    private SentWith withTrafficClass(int other) {
        return new SentWith(source, hops, other, nicIndex);
    }

    SendOptions apply(SendOptions way) {
        SendOptions result = way;
        if (hops != UNSAID) result = result.withHops(hops);
        if (trafficClass != UNSAID) result = result.withTrafficClass(trafficClass);
        return nicIndex != UNSAID ? result.withNic(nicIndex) : result;
    }
}
