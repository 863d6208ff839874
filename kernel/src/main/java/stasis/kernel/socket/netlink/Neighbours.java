package stasis.kernel.socket.netlink;

import static stasis.abi.Rtnetlink.NDA_DST;
import static stasis.abi.Rtnetlink.NDA_LLADDR;
import static stasis.abi.Rtnetlink.NUD_DELAY;
import static stasis.abi.Rtnetlink.NUD_FAILED;
import static stasis.abi.Rtnetlink.NUD_INCOMPLETE;
import static stasis.abi.Rtnetlink.NUD_PERMANENT;
import static stasis.abi.Rtnetlink.NUD_PROBE;
import static stasis.abi.Rtnetlink.NUD_REACHABLE;
import static stasis.abi.Rtnetlink.NUD_STALE;
import static stasis.abi.Rtnetlink.RTM_NEWNEIGH;
import static stasis.abi.Rtnetlink.RTN_UNICAST;
import static stasis.abi.Socket.AF_UNSPEC;

import stasis.net.ip.Neighbor;
import stasis.net.ip.Nic;

/**
 * RTM_GETNEIGH, rtnetlink(7).
 *
 * <pre>
 * struct ndmsg
 * offset  size  field
 *      0     1  ndm_family
 *      4     4  ndm_ifindex
 *      8     2  ndm_state
 *     10     1  ndm_flags
 *     11     1  ndm_type
 *     12        attributes
 * </pre>
 */
final class Neighbours {
    private Neighbours() {}

    static void dump(Requests to, MessageReader request) {
        int wanted = request.u8(0);
        int only = to.onlyNic(request, 4);
        for (Nic nic : to.stack().ip().nics()) {
            if (only != 0 && nic.index() != only) continue;
            for (Neighbor n : nic.neighbors().all()) {
                int family = Addresses.family(n.address());
                if (wanted == AF_UNSPEC || wanted == family) write(to, request, nic, n);
            }
        }
    }

    private static void write(Requests to, MessageReader request, Nic nic, Neighbor n) {
        MessageWriter m = to.begin(request, RTM_NEWNEIGH);
        m.u8(Addresses.family(n.address())).u8(0).u16(0).u32(nic.index());
        m.u16(state(n.state())).u8(0).u8(RTN_UNICAST);
        m.attribute(NDA_DST, Addresses.bytes(n.address()));
        if (n.link() != 0) m.attribute(NDA_LLADDR, linkAddress(n.link()));
        m.end();
    }

    private static byte[] linkAddress(long link) {
        byte[] bytes = new byte[6];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (link >>> (40 - 8 * i));
        return bytes;
    }

    private static int state(Neighbor.Reachability state) {
        return switch (state) {
            case INCOMPLETE -> NUD_INCOMPLETE;
            case REACHABLE -> NUD_REACHABLE;
            case STALE -> NUD_STALE;
            case DELAY -> NUD_DELAY;
            case PROBE -> NUD_PROBE;
            case FAILED -> NUD_FAILED;
            case PERMANENT -> NUD_PERMANENT;
        };
    }
}
