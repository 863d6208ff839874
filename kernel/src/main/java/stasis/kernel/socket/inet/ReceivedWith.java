package stasis.kernel.socket.inet;

import static stasis.abi.Ip.IPV6_HOPLIMIT;
import static stasis.abi.Ip.IPV6_PKTINFO;
import static stasis.abi.Ip.IPV6_RECVHOPLIMIT;
import static stasis.abi.Ip.IPV6_RECVPKTINFO;
import static stasis.abi.Ip.IPV6_RECVTCLASS;
import static stasis.abi.Ip.IPV6_TCLASS;
import static stasis.abi.Ip.IP_PKTINFO;
import static stasis.abi.Ip.IP_RECVORIGDSTADDR;
import static stasis.abi.Ip.IP_RECVTOS;
import static stasis.abi.Ip.IP_RECVTTL;
import static stasis.abi.Ip.IP_TOS;
import static stasis.abi.Ip.IP_TTL;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.SCM_TIMESTAMP;
import static stasis.abi.Socket.SCM_TIMESTAMPNS;
import static stasis.abi.Socket.SOL_IP;
import static stasis.abi.Socket.SOL_IPV6;
import static stasis.abi.Socket.SOL_SOCKET;
import static stasis.abi.Socket.SO_TIMESTAMP;
import static stasis.abi.Socket.SO_TIMESTAMPNS;

import stasis.kernel.caller.Caller;
import stasis.kernel.socket.ControlMessage;
import stasis.kernel.socket.Incoming;
import stasis.net.IpAddress;
import stasis.net.SocketAddress;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** What can be told of a datagram that arrived, and what of it a socket wants to hear. */
record ReceivedWith(
        IpAddress destination,
        int port,
        int nicIndex,
        long arrivedNanos,
        int hops,
        int trafficClass) {
    private static final long SECOND = 1_000_000_000;

    /** Adds the control messages that {@code s} has asked for. */
    static void fill(InetSocket s, Caller caller, Incoming in, ReceivedWith what) {
        List<ControlMessage> told = new ArrayList<>(0);
        what.addTime(s, caller, told);
        if (what.destination.isV4()) what.addV4(s.ipLevel(), told);
        if (s.isV6()) what.addV6(s.ipLevel(), told);
        in.control = told;
    }

    private void addTime(InetSocket s, Caller caller, List<ControlMessage> told) {
        boolean nanos = s.options().isOn(SO_TIMESTAMPNS);
        if (!nanos && !s.options().isOn(SO_TIMESTAMP)) return;
        long age = caller.monotonicClock().now() - arrivedNanos;
        long at = caller.realtimeClock().now() - Math.max(0, age);
        ByteBuffer b = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(at / SECOND).putLong(nanos ? at % SECOND : at % SECOND / 1000);
        int type = nanos ? SCM_TIMESTAMPNS : SCM_TIMESTAMP;
        told.add(new ControlMessage(SOL_SOCKET, type, b.array()));
    }

    private void addV4(IpLevel wanted, List<ControlMessage> told) {
        if (wanted.isOn(SOL_IP, IP_PKTINFO)) {
            ByteBuffer b = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
            b.putInt(0, nicIndex).order(ByteOrder.BIG_ENDIAN);
            b.putInt(4, destination.v4Bits()).putInt(8, destination.v4Bits());
            told.add(new ControlMessage(SOL_IP, IP_PKTINFO, b.array()));
        }
        if (wanted.isOn(SOL_IP, IP_RECVTTL)) {
            told.add(ControlMessage.ofInt(SOL_IP, IP_TTL, hops));
        }
        if (wanted.isOn(SOL_IP, IP_RECVTOS)) {
            told.add(new ControlMessage(SOL_IP, IP_TOS, new byte[] {(byte) trafficClass}));
        }
        if (wanted.isOn(SOL_IP, IP_RECVORIGDSTADDR)) {
            byte[] name = Sockaddr.format(new SocketAddress(destination, port), AF_INET, 0);
            told.add(new ControlMessage(SOL_IP, IP_RECVORIGDSTADDR, name));
        }
    }

    private void addV6(IpLevel wanted, List<ControlMessage> told) {
        if (wanted.isOn(SOL_IPV6, IPV6_RECVPKTINFO)) {
            ByteBuffer b = ByteBuffer.allocate(20);
            b.putLong(0, destination.high()).putLong(8, destination.low());
            b.order(ByteOrder.LITTLE_ENDIAN).putInt(16, nicIndex);
            told.add(new ControlMessage(SOL_IPV6, IPV6_PKTINFO, b.array()));
        }
        if (destination.isV4()) return;
        if (wanted.isOn(SOL_IPV6, IPV6_RECVHOPLIMIT)) {
            told.add(ControlMessage.ofInt(SOL_IPV6, IPV6_HOPLIMIT, hops));
        }
        if (wanted.isOn(SOL_IPV6, IPV6_RECVTCLASS)) {
            told.add(ControlMessage.ofInt(SOL_IPV6, IPV6_TCLASS, trafficClass));
        }
    }
}
