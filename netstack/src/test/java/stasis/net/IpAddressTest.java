package stasis.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IpAddressTest {
    @Test
    void textIsThatOfRfc5952() {
        assertEquals("192.0.2.255", IpAddress.v4(192, 0, 2, 255).toString());
        assertEquals("::", IpAddress.ANY_V6.toString());
        assertEquals("::1", IpAddress.LOOPBACK_V6.toString());
        assertEquals("2001:db8::1", new IpAddress(0x20010db8L << 32, 1).toString());
        assertEquals("fe80::", new IpAddress(0xfe80L << 48, 0).toString());
        assertEquals(
                "2001:db8:0:1:1:1:1:1",
                new IpAddress(0x20010db8_00000001L, 0x0001000100010001L).toString());
        assertEquals("2001:0:0:1::1", new IpAddress(0x2001000000000001L, 1).toString());
    }

    @Test
    void prefixesCountFromTheFamilysFirstBit() {
        IpAddress net = IpAddress.v4(10, 1, 0, 0);

        assertTrue(IpAddress.v4(10, 1, 255, 3).hasPrefix(net, 16));
        assertFalse(IpAddress.v4(10, 2, 0, 0).hasPrefix(net, 16));
        assertTrue(IpAddress.v4(1, 2, 3, 4).hasPrefix(IpAddress.ANY_V4, 0));
        assertFalse(IpAddress.LOOPBACK_V6.hasPrefix(IpAddress.ANY_V4, 0));
        assertFalse(IpAddress.v4(1, 2, 3, 4).hasPrefix(IpAddress.ANY_V6, 0));
        assertTrue(
                new IpAddress(0x20010db8L << 32, 7)
                        .hasPrefix(new IpAddress(0x20010db8L << 32, 0), 64));
    }

    @Test
    void kindsOfAddresses() {
        assertTrue(IpAddress.v4(127, 9, 9, 9).isLoopback());
        assertTrue(IpAddress.v4(224, 0, 0, 1).isMulticast());
        assertTrue(new IpAddress(0xff02L << 48, 1).isMulticast());
        assertTrue(new IpAddress(0xfe80L << 48, 1).isLinkLocal());
        assertTrue(IpAddress.ANY_V4.isAny());
        assertTrue(IpAddress.BROADCAST.isLimitedBroadcast());
    }
}
