package stasis.kernel.net;

import stasis.state.Saved;

import java.util.TreeSet;

/** Who has which nl_pid, netlink(7). Guarded by the network's lock. */
@Saved("network.NetlinkPorts")
public final class NetlinkPorts {
    private static final int FIRST_AUTOMATIC = -4096;

    private TreeSet<Integer> taken = new TreeSet<>();

    NetlinkPorts() {}

    /**
     * @param wanted 0: {@code pid}, or a negative one if somebody has that
     * @return 0 if somebody else has it
     */
    public int claim(int wanted, int pid) {
        if (wanted != 0) return taken.add(wanted) ? wanted : 0;
        int candidate = pid;
        while (!taken.add(candidate)) {
            candidate = candidate > 0 ? FIRST_AUTOMATIC : candidate - 1;
        }
        return candidate;
    }

    public void release(int port) {
        taken.remove(port);
    }
}
