package stasis.kernel.socket.inet;

import static stasis.abi.Errqueue.SO_EE_ORIGIN_ICMP;
import static stasis.abi.Errqueue.SO_EE_ORIGIN_ICMP6;
import static stasis.abi.Errqueue.SO_EE_ORIGIN_LOCAL;
import static stasis.abi.Ip.IPV6_RECVERR;
import static stasis.abi.Ip.IP_RECVERR;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.MSG_ERRQUEUE;
import static stasis.abi.Socket.SOL_IP;
import static stasis.abi.Socket.SOL_IPV6;

import stasis.kernel.socket.ControlMessage;
import stasis.kernel.socket.Incoming;
import stasis.net.SocketAddress;
import stasis.net.ip.IcmpError;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A message of recvmsg(2) with MSG_ERRQUEUE, ip(7): the datagram that did not get there, where it
 * was to go, and why it did not.
 *
 * <pre>
 * struct sock_extended_err
 * offset  size  field
 *      0     4  ee_errno
 *      4     1  ee_origin
 *      5     1  ee_type
 *      6     1  ee_code
 *      8     4  ee_info     the MTU
 *     12     4  ee_data
 *     16        struct sockaddr of the offender
 * </pre>
 */
final class ErrorMessage {
    private static final int UDP_HEADER = 8;
    private static final int FIXED = 16;

    private ErrorMessage() {}

    static long deliver(InetSocket s, Incoming in, IcmpError e) {
        boolean v4 = e.remote().isV4();
        in.address = Sockaddr.format(new SocketAddress(e.remote(), e.remotePort()), s.domain(), 0);
        int level = v4 ? SOL_IP : SOL_IPV6;
        int type = v4 ? IP_RECVERR : IPV6_RECVERR;
        in.control = List.of(new ControlMessage(level, type, extended(e, v4)));
        in.outFlags |= MSG_ERRQUEUE;
        int header = Math.min(UDP_HEADER, e.rest().length);
        return DatagramSocket.deliver(in, Arrays.copyOfRange(e.rest(), header, e.rest().length));
    }

    private static byte[] extended(IcmpError e, boolean v4) {
        boolean local = e.reporter().equals(e.local()) && e.type() == 0;
        int remote = v4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6;
        byte[] offender =
                Sockaddr.format(new SocketAddress(e.reporter(), 0), v4 ? AF_INET : AF_INET6, 0);
        ByteBuffer b = ByteBuffer.allocate(FIXED + offender.length).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0, NetErrors.errno(e.error()).number())
                .put(4, (byte) (local ? SO_EE_ORIGIN_LOCAL : remote))
                .put(5, (byte) e.type())
                .put(6, (byte) e.code())
                .putInt(8, e.mtu());
        b.put(FIXED, offender);
        return b.array();
    }
}
