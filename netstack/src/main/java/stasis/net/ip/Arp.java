package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.ArpPacket;
import stasis.net.wire.EthernetHeader;

/** Where an IPv4 address is on the link, RFC 826. */
final class Arp {
    private Arp() {}

    /** Precondition: the packet begins after its Ethernet header. */
    static void receive(IpLayer ip, Nic nic, PacketBuffer packet) {
        byte[] b = packet.bytes();
        int at = packet.start();
        if (!ArpPacket.isValid(b, at, packet.end())) {
            nic.counters().receivedBad++;
            return;
        }
        int sender = ArpPacket.sender(b, at);
        int target = ArpPacket.target(b, at);
        long link = ArpPacket.senderLink(b, at);
        if (EthernetHeader.isGroup(link)) return;
        boolean toUs = ip.isLocalV4(target);
        boolean reply = ArpPacket.operation(b, at) == ArpPacket.REPLY;
        if (sender != 0 && !ip.isLocalV4(sender)) {
            IpAddress from = IpAddress.v4(sender);
            nic.neighbors().learn(from, link, reply && toUs, toUs && !reply);
        }
        if (toUs && ArpPacket.operation(b, at) == ArpPacket.REQUEST) {
            send(ip, nic, ArpPacket.REPLY, target, link, sender, link);
        }
    }

    /** Asks {@code link} for {@code target}, or everybody if it is 0. */
    static void solicit(IpLayer ip, Nic nic, IpAddress target, long link) {
        @Nullable IpAddress own = nic.addressFor(true, false);
        int sender = own == null ? 0 : own.v4Bits();
        long to = link == 0 ? EthernetHeader.BROADCAST : link;
        send(ip, nic, ArpPacket.REQUEST, sender, 0, target.v4Bits(), to);
    }

    /** Tells everybody that {@code own} is here now, RFC 5227 3. */
    static void announce(IpLayer ip, Nic nic, IpAddress own) {
        int address = own.v4Bits();
        send(ip, nic, ArpPacket.REQUEST, address, 0, address, EthernetHeader.BROADCAST);
    }

    private static void send(
            IpLayer ip, Nic nic, int op, int own, long peerLink, int peer, long to) {
        PacketBuffer p = ip.context().pool().take(ArpPacket.LENGTH);
        long ownLink = nic.link().address();
        ArpPacket.write(p.bytes(), p.start(), op, ownLink, own, peerLink, peer);
        nic.transmit(p, to, EthernetHeader.ARP);
    }
}
