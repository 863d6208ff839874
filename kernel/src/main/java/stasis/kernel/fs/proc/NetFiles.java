package stasis.kernel.fs.proc;

import stasis.kernel.caller.Caller;
import stasis.kernel.net.Network;
import stasis.net.stack.NetStack;
import stasis.state.Saved;

/**
 * {@code /proc/pid/net}. Unlike Linux, AF_UNIX, AF_NETLINK and AF_PACKET have their headings only.
 */
@Saved("proc.NetFiles")
final class NetFiles extends TextInode {
    private static final String[] TABLES = {
        "arp",
        "dev",
        "if_inet6",
        "netlink",
        "packet",
        "raw",
        "raw6",
        "route",
        "snmp",
        "sockstat",
        "tcp",
        "tcp6",
        "udp",
        "udp6",
        "unix"
    };

    private String table;

    @SuppressWarnings("NullAway.Init")
    private NetFiles() {}

    private NetFiles(ProcFilesystem filesystem, String table) {
        super(filesystem, 0444);
        this.table = table;
    }

    static void fill(ProcFilesystem filesystem, ProcDirectory net) {
        for (String table : TABLES) net.put(table, new NetFiles(filesystem, table));
    }

    @Override
    String text(Caller caller) {
        Network network = proc().machine().network();
        try (var _ = network.lock().hold()) {
            return text(network.stack());
        }
    }

    private String text(NetStack stack) {
        return switch (table) {
            case "tcp" -> SocketTables.tcp(stack, false);
            case "tcp6" -> SocketTables.tcp(stack, true);
            case "udp" -> SocketTables.udp(stack, false);
            case "udp6" -> SocketTables.udp(stack, true);
            case "raw" -> SocketTables.raw(stack, false);
            case "raw6" -> SocketTables.raw(stack, true);
            case "dev" -> NetText.dev(stack);
            case "route" -> NetText.route(stack);
            case "if_inet6" -> NetText.ifInet6(stack);
            case "arp" -> NetText.arp(stack);
            case "snmp" -> NetText.snmp(stack);
            case "sockstat" -> NetText.sockstat(stack, stack.tcp().connectionCount());
            case "unix" -> "Num       RefCount Protocol Flags    Type St Inode Path\n";
            case "netlink" ->
                    "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks   "
                            + " Drops    Inode\n";
            case "packet" -> "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n";
            default -> "";
        };
    }
}
