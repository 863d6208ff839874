package stasis.cli.link;

import stasis.net.IpAddress;
import stasis.net.ip.FrameWatcher;
import stasis.net.ip.Nic;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.ArpPacket;
import stasis.net.wire.Bytes;
import stasis.net.wire.EthernetHeader;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.net.wire.Ipv6Header;
import stasis.net.wire.TcpHeader;
import stasis.net.wire.UdpHeader;

import java.util.function.Consumer;

/** Tells every frame in a line: where it passes, which way, and what is in it. */
final class PacketLog implements FrameWatcher {
    private static final String FLAGS = "FSRPAU"; // by bit

    private final Consumer<String> to;

    PacketLog(Consumer<String> to) {
        this.to = to;
    }

    @Override
    public void frame(Nic nic, PacketBuffer frame, boolean outgoing) {
        String text = describe(frame, nic.link().isEthernet());
        to.accept(nic.name() + (outgoing ? " > " : " < ") + text);
    }

    static String describe(PacketBuffer frame, boolean ethernet) {
        byte[] b = frame.bytes();
        int at = frame.start();
        int type = 0;
        if (ethernet) {
            if (!EthernetHeader.isValid(at, frame.end())) return frame.length() + " bytes";
            type = EthernetHeader.type(b, at);
            at += EthernetHeader.LENGTH;
        } else if (frame.length() > 0) {
            type = (b[at] & 0xf0) == 0x40 ? EthernetHeader.IPV4 : EthernetHeader.IPV6;
        }
        return switch (type) {
            case EthernetHeader.ARP -> arp(b, at, frame.end());
            case EthernetHeader.IPV4 -> v4(b, at, frame.end());
            case EthernetHeader.IPV6 -> v6(b, at, frame.end());
            default -> "type " + Integer.toHexString(type) + ", " + frame.length() + " bytes";
        };
    }

    private static String arp(byte[] b, int at, int end) {
        if (!ArpPacket.isValid(b, at, end)) return "arp, damaged";
        IpAddress from = IpAddress.v4(Bytes.i32(b, at + 14));
        IpAddress to = IpAddress.v4(Bytes.i32(b, at + 24));
        boolean asks = Bytes.u16(b, at + 6) == 1;
        return asks ? "arp who has " + to + " tell " + from : "arp " + from + " is here";
    }

    private static String v4(byte[] b, int at, int end) {
        if (!Ipv4Header.isValid(b, at, end)) return "ip, damaged";
        IpAddress from = IpAddress.v4(Ipv4Header.source(b, at));
        IpAddress to = IpAddress.v4(Ipv4Header.destination(b, at));
        int length = Ipv4Header.totalLength(b, at);
        int protocol = Ipv4Header.protocol(b, at);
        if (Ipv4Header.fragmentOffset(b, at) > 0) {
            int offset = Ipv4Header.fragmentOffset(b, at);
            return from + " > " + to + " protocol " + protocol + ", fragment at " + offset;
        }
        int data = at + Ipv4Header.headerLength(b, at);
        return transport(b, data, Math.min(end, at + length), protocol, from, to);
    }

    private static String v6(byte[] b, int at, int end) {
        if (!Ipv6Header.isValid(b, at, end)) return "ip6, damaged";
        IpAddress from = new IpAddress(Ipv6Header.sourceHigh(b, at), Ipv6Header.sourceLow(b, at));
        IpAddress to =
                new IpAddress(Ipv6Header.destinationHigh(b, at), Ipv6Header.destinationLow(b, at));
        int next = Ipv6Header.nextHeader(b, at);
        int length = Ipv6Header.payloadLength(b, at);
        int data = at + Ipv6Header.LENGTH;
        return transport(b, data, Math.min(end, data + length), next, from, to);
    }

    private static String transport(
            byte[] b, int at, int end, int protocol, IpAddress from, IpAddress to) {
        if (protocol == IpProtocol.TCP && TcpHeader.isValid(b, at, end)) {
            return tcp(b, at, end, from, to);
        }
        if (protocol == IpProtocol.UDP && UdpHeader.isValid(b, at, end)) {
            String ends =
                    ends(from, UdpHeader.sourcePort(b, at), to, UdpHeader.destinationPort(b, at));
            return "udp " + ends + " length " + (UdpHeader.length(b, at) - UdpHeader.LENGTH);
        }
        boolean icmp = protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
        if (icmp && at + 2 <= end) {
            int type = Bytes.u8(b, at);
            int code = Bytes.u8(b, at + 1);
            return "icmp " + from + " > " + to + " type " + type + " code " + code;
        }
        return from + " > " + to + " protocol " + protocol + " length " + (end - at);
    }

    private static String tcp(byte[] b, int at, int end, IpAddress from, IpAddress to) {
        StringBuilder flags = new StringBuilder();
        int bits = TcpHeader.flags(b, at);
        for (int i = 0; i < FLAGS.length(); i++) {
            if ((bits >> i & 1) != 0) flags.append(FLAGS.charAt(i));
        }
        int length = end - at - TcpHeader.headerLength(b, at);
        return "tcp "
                + ends(from, TcpHeader.sourcePort(b, at), to, TcpHeader.destinationPort(b, at))
                + " "
                + flags
                + " seq "
                + Integer.toUnsignedString(TcpHeader.seq(b, at))
                + " ack "
                + Integer.toUnsignedString(TcpHeader.ack(b, at))
                + " win "
                + TcpHeader.window(b, at)
                + " length "
                + length;
    }

    private static String ends(IpAddress from, int fromPort, IpAddress to, int toPort) {
        return from + "." + fromPort + " > " + to + "." + toPort;
    }
}
