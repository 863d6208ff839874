package stasis.net.stack;

import stasis.net.IpAddress;
import stasis.net.SocketAddress;
import stasis.net.icmp.Icmpv4;
import stasis.net.icmp.Icmpv6;
import stasis.net.icmp.RateLimit;
import stasis.net.ip.IpSavedTypes;
import stasis.net.link.LinkSavedTypes;
import stasis.net.port.PortBinding;
import stasis.net.port.Ports;
import stasis.net.raw.Frame;
import stasis.net.raw.FrameEndpoint;
import stasis.net.raw.RawEndpoint;
import stasis.net.raw.RawOptions;
import stasis.net.raw.RawPacket;
import stasis.net.raw.RawProtocol;
import stasis.net.tcp.TcpSavedTypes;
import stasis.net.time.NetClock;
import stasis.net.time.TimerQueue;
import stasis.net.udp.UdpSavedTypes;
import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** Every class of the stack that may appear in a snapshot, by package. A test keeps it complete. */
public final class NetSavedTypes {
    private NetSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        LinkSavedTypes.addTo(types);
        IpSavedTypes.addTo(types);
        UdpSavedTypes.addTo(types);
        TcpSavedTypes.addTo(types);
        return types.add(
                MethodHandles.lookup(),
                IpAddress.class,
                SocketAddress.class,
                // icmp
                Icmpv4.class,
                Icmpv6.class,
                RateLimit.class,
                // port
                PortBinding.class,
                Ports.class,
                // raw
                Frame.class,
                FrameEndpoint.class,
                RawEndpoint.class,
                RawOptions.class,
                RawPacket.class,
                RawProtocol.class,
                // stack
                NetStack.class,
                // time
                NetClock.class,
                TimerQueue.class);
    }
}
