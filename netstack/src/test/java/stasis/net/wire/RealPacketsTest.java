package stasis.net.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;

/** Packets that Linux sent through a tun device. */
class RealPacketsTest {
    private static final byte[] SYN_V4 =
            hex(
                    "4500003c7fde4000400636dac0000201c0000202d74800508b93fb5700000000"
                            + "a002faf0d8670000020405b40402080a1b4b76d1000000000103030a");
    private static final byte[] DATAGRAM =
            hex("45000021abaa400040110b1ec0000201c000020285060035000db2c268656c6c6f");
    private static final byte[] SYN_V6 =
            hex(
                    "60065ac60028064020010db800000000000000000000000120010db800000000"
                            + "0000000000000002c7ce0050ef7dc3fe00000000a002fd204b130000020405a0"
                            + "0402080a23490584000000000103030a");

    private final TcpOptions options = new TcpOptions();

    @Test
    void ipv4HeaderOfLinuxIsRead() {
        byte[] p = SYN_V4;

        assertTrue(Ipv4Header.isValid(p, 0, p.length));
        assertTrue(Ipv4Header.hasValidChecksum(p, 0));
        assertEquals(0x3c, Ipv4Header.totalLength(p, 0));
        assertEquals(64, Ipv4Header.ttl(p, 0));
        assertEquals(IpProtocol.TCP, Ipv4Header.protocol(p, 0));
        assertEquals(0xc0000201, Ipv4Header.source(p, 0));
        assertEquals(0xc0000202, Ipv4Header.destination(p, 0));
        assertTrue(Ipv4Header.dontFragment(p, 0));
        assertFalse(Ipv4Header.isFragment(p, 0));
    }

    @Test
    void ipv4HeaderIsWrittenAsLinuxWritesIt() {
        byte[] b = new byte[Ipv4Header.LENGTH];
        int fragment = Ipv4Header.DONT_FRAGMENT;
        Ipv4Header.write(b, 0, 0x3c, 0, 0x7fde, fragment, 64, 6, 0xc0000201, 0xc0000202);

        assertEquals(HexFormat.of().formatHex(SYN_V4, 0, 20), HexFormat.of().formatHex(b));
    }

    @Test
    void tcpSynOfLinuxIsRead() {
        byte[] p = SYN_V4;

        assertTrue(TcpHeader.isValid(p, 20, p.length));
        assertEquals(0x50, TcpHeader.destinationPort(p, 20));
        assertEquals(0x8b93fb57, TcpHeader.seq(p, 20));
        assertEquals(TcpHeader.SYN, TcpHeader.flags(p, 20));
        assertEquals(0xfaf0, TcpHeader.window(p, 20));
        options.read(p, 40, 20 + TcpHeader.headerLength(p, 20));
        assertEquals(1460, options.mss());
        assertEquals(10, options.scale());
        assertTrue(options.sackPermitted());
        assertTrue(options.hasTimestamps());
        assertEquals(0x1b4b76d1, options.tsVal());
    }

    @Test
    void tcpChecksumOfLinuxAddsUpWithItsPseudoHeader() {
        int pseudo = Checksum.pseudoHeaderV4(0xc0000201, 0xc0000202, IpProtocol.TCP, 40);

        assertEquals(0xffff, Checksum.plus(pseudo, Checksum.partial(SYN_V4, 20, 60)));
    }

    @Test
    void udpDatagramOfLinuxIsRead() {
        byte[] p = DATAGRAM;

        assertTrue(UdpHeader.isValid(p, 20, p.length));
        assertEquals(53, UdpHeader.destinationPort(p, 20));
        assertEquals(13, UdpHeader.length(p, 20));
        int pseudo = Checksum.pseudoHeaderV4(0xc0000201, 0xc0000202, IpProtocol.UDP, 13);
        assertEquals(0xffff, Checksum.plus(pseudo, Checksum.partial(p, 20, p.length)));
    }

    @Test
    void ipv6SynOfLinuxIsRead() {
        byte[] p = SYN_V6;

        assertTrue(Ipv6Header.isValid(p, 0, p.length));
        assertEquals(40, Ipv6Header.payloadLength(p, 0));
        assertEquals(IpProtocol.TCP, Ipv6Header.nextHeader(p, 0));
        assertEquals(0x20010db800000000L, Ipv6Header.sourceHigh(p, 0));
        int pseudo =
                Checksum.pseudoHeaderV6(
                        Ipv6Header.sourceHigh(p, 0),
                        Ipv6Header.sourceLow(p, 0),
                        Ipv6Header.destinationHigh(p, 0),
                        Ipv6Header.destinationLow(p, 0),
                        IpProtocol.TCP,
                        40);
        assertEquals(0xffff, Checksum.plus(pseudo, Checksum.partial(p, 40, 80)));
        options.read(p, 60, 80);
        assertEquals(1440, options.mss());
    }

    @Test
    void optionsAreWrittenAsTheyAreRead() {
        byte[] b = new byte[40];
        int at = TcpOptions.putMss(b, 0, 1460);
        at = TcpOptions.putScale(b, at, 7);
        at = TcpOptions.putSackPermitted(b, at);
        at = TcpOptions.putTimestamps(b, at, 0x11223344, 0x55667788);
        at = TcpOptions.putSackHead(b, at, 1);
        at = TcpOptions.putSackEdges(b, at, 1000, 2000);

        options.read(b, 0, at);

        assertEquals(1460, options.mss());
        assertEquals(7, options.scale());
        assertTrue(options.sackPermitted());
        assertEquals(0x11223344, options.tsVal());
        assertEquals(0x55667788, options.tsEcr());
        assertEquals(1, options.sackBlocks());
        assertEquals(1000, options.sackLeft(0));
        assertEquals(2000, options.sackRight(0));
    }

    @Test
    void malformedOptionsEndTheList() {
        options.read(hex("020405b4" + "0800"), 0, 6);
        assertEquals(1460, options.mss());
        assertFalse(options.hasTimestamps());

        options.read(hex("0304"), 0, 2);
        assertEquals(-1, options.scale());

        options.read(hex("08"), 0, 1);
        assertFalse(options.hasTimestamps());
    }

    @Test
    void headersThatPromiseMoreThanThereIsAreRefused() {
        byte[] p = SYN_V4.clone();
        assertFalse(Ipv4Header.isValid(p, 0, p.length - 1));
        assertFalse(Ipv4Header.isValid(p, 0, 19));
        p[0] = 0x44;
        assertFalse(Ipv4Header.isValid(p, 0, p.length));
        p[32] = (byte) 0xf0;
        assertFalse(TcpHeader.isValid(p, 20, 60));
        p[32] = 0x40;
        assertFalse(TcpHeader.isValid(p, 20, 60));
        byte[] u = DATAGRAM.clone();
        u[25] = 14;
        assertFalse(UdpHeader.isValid(u, 20, u.length));
        u[25] = 7;
        assertFalse(UdpHeader.isValid(u, 20, u.length));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
