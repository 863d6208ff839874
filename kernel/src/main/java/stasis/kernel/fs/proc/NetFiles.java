package stasis.kernel.fs.proc;

import stasis.kernel.caller.Caller;
import stasis.state.Saved;

/**
 * {@code /proc/pid/net}. Unlike Linux, the tables have their headings and the loopback device only:
 * connections and routes are asked for by netlink.
 */
@Saved("proc.NetFiles")
final class NetFiles extends TextInode {
    private static final String SOCKETS =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt"
                    + "   uid  timeout inode\n";

    private static final String HEADING =
            "Inter-|   Receive                                                |  Transmit\n"
                    + " face |bytes    packets errs drop fifo frame compressed multicast|bytes "
                    + "   packets errs drop fifo colls carrier compressed\n";

    private String table;

    @SuppressWarnings("NullAway.Init")
    private NetFiles() {}

    private NetFiles(ProcFilesystem filesystem, String table) {
        super(filesystem, 0444);
        this.table = table;
    }

    static void fill(ProcFilesystem filesystem, ProcDirectory net) {
        String[] tables = {"dev", "tcp", "tcp6", "udp", "udp6", "unix", "route", "if_inet6"};
        for (String table : tables) net.put(table, new NetFiles(filesystem, table));
    }

    @Override
    String text(Caller caller) {
        return switch (table) {
            case "tcp", "tcp6", "udp", "udp6" -> SOCKETS;
            case "unix" -> "Num       RefCount Protocol Flags    Type St Inode Path\n";
            case "route" ->
                    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU"
                            + "\tWindow\tIRTT\n";
            case "dev" ->
                    HEADING
                            + "    lo:       0       0    0    0    0     0          0         0"
                            + "        0       0    0    0    0     0       0          0\n";
            default -> "";
        };
    }
}
