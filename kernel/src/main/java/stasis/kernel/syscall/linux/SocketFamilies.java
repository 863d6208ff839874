package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EAFNOSUPPORT;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.EPROTONOSUPPORT;
import static stasis.abi.Errno.ESOCKTNOSUPPORT;
import static stasis.abi.Netlink.NETLINK_ROUTE;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.AF_INET6;
import static stasis.abi.Socket.AF_NETLINK;
import static stasis.abi.Socket.AF_PACKET;
import static stasis.abi.Socket.AF_UNIX;
import static stasis.abi.Socket.IPPROTO_ICMP;
import static stasis.abi.Socket.IPPROTO_ICMPV6;
import static stasis.abi.Socket.IPPROTO_TCP;
import static stasis.abi.Socket.IPPROTO_UDP;
import static stasis.abi.Socket.SOCK_DGRAM;
import static stasis.abi.Socket.SOCK_RAW;
import static stasis.abi.Socket.SOCK_SEQPACKET;
import static stasis.abi.Socket.SOCK_STREAM;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.net.Network;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.socket.inet.RawSocket;
import stasis.kernel.socket.inet.TcpSocket;
import stasis.kernel.socket.inet.UdpSocket;
import stasis.kernel.socket.netlink.NetlinkSocket;
import stasis.kernel.socket.packet.PacketSocket;
import stasis.kernel.socket.unix.UnixDatagramSocket;
import stasis.kernel.socket.unix.UnixStreamSocket;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Inode;

/** Which socket socket(2) makes. */
final class SocketFamilies {
    /** IPPROTO_MAX of the protocols that raw sockets can have. */
    private static final int MOST_PROTOCOL = 255;

    private SocketFamilies() {}

    static SocketFile make(Task task, int domain, int type, int protocol) throws ErrnoException {
        return switch (domain) {
            case AF_UNIX -> makeUnix(task, type, protocol);
            case AF_INET, AF_INET6 -> makeInet(task, domain, type, protocol);
            case AF_NETLINK -> makeNetlink(task, type, protocol);
            case AF_PACKET -> makePacket(task, type, protocol);
            default -> throw EAFNOSUPPORT.exception();
        };
    }

    private static Inode inode(Task task) {
        return AnonymousFilesystem.newSocket(task.vfs(), task);
    }

    private static SocketFile makeUnix(Task task, int type, int protocol) throws ErrnoException {
        if (protocol != 0 && protocol != AF_UNIX) throw EPROTONOSUPPORT.exception();
        return switch (type) {
            case SOCK_STREAM, SOCK_SEQPACKET -> new UnixStreamSocket(inode(task), type);
            case SOCK_DGRAM, SOCK_RAW -> new UnixDatagramSocket(inode(task));
            default -> throw ESOCKTNOSUPPORT.exception();
        };
    }

    private static SocketFile makeNetlink(Task task, int type, int protocol) throws ErrnoException {
        if (type != SOCK_RAW && type != SOCK_DGRAM) throw ESOCKTNOSUPPORT.exception();
        if (protocol != NETLINK_ROUTE) throw EPROTONOSUPPORT.exception();
        return new NetlinkSocket(task.machine().network(), inode(task), type, protocol);
    }

    private static SocketFile makeInet(Task task, int domain, int type, int protocol)
            throws ErrnoException {
        if (protocol < 0 || protocol > MOST_PROTOCOL) throw EINVAL.exception();
        Network network = task.machine().network();
        switch (type) {
            case SOCK_STREAM -> {
                if (protocol != 0 && protocol != IPPROTO_TCP) throw EPROTONOSUPPORT.exception();
                return TcpSocket.open(network, inode(task), task, domain);
            }
            case SOCK_DGRAM -> {
                // Like Linux with its default net.ipv4.ping_group_range
                if (protocol == (domain == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6)) {
                    throw EACCES.exception();
                }
                if (protocol != 0 && protocol != IPPROTO_UDP) throw EPROTONOSUPPORT.exception();
                return UdpSocket.open(network, inode(task), task, domain);
            }
            case SOCK_RAW -> {
                if (protocol == 0) throw EPROTONOSUPPORT.exception();
                checkRaw(task);
                return RawSocket.open(network, inode(task), domain, protocol);
            }
            default -> throw ESOCKTNOSUPPORT.exception();
        }
    }

    private static void checkRaw(Task task) throws ErrnoException {
        if (!task.credentials().has(Capability.CAP_NET_RAW)) throw EPERM.exception();
    }

    private static SocketFile makePacket(Task task, int type, int protocol) throws ErrnoException {
        checkRaw(task);
        if (type != SOCK_RAW && type != SOCK_DGRAM) throw ESOCKTNOSUPPORT.exception();
        return PacketSocket.open(task.machine().network(), inode(task), type, protocol);
    }
}
