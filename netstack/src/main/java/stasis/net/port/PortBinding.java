package stasis.net.port;

import stasis.net.IpAddress;
import stasis.state.Saved;

/** One endpoint's claim to a port, as bind(2) or connect(2) made it. */
@Saved("net.PortBinding")
public final class PortBinding {
    /** How the port was come by. */
    public enum Use {
        /** Asked for, and not listening. */
        BOUND,
        LISTENING,
        /** Chosen for one connection: others may have the port for other peers. */
        CONNECTED
    }

    private IpAddress address;
    private int port;
    private boolean v6Only;
    private boolean reuseAddress;
    private boolean reusePort;
    private long owner;
    private int nicIndex;
    Use use = Use.BOUND;

    @SuppressWarnings("NullAway.Init") // for a restore
    private PortBinding() {}

    /**
     * @param owner whom the port is shared with if it may be shared: a user id
     */
    public PortBinding(
            IpAddress address,
            int port,
            boolean v6Only,
            boolean reuseAddress,
            boolean reusePort,
            long owner,
            int nicIndex) {
        this.address = address;
        this.port = port;
        this.v6Only = v6Only;
        this.reuseAddress = reuseAddress;
        this.reusePort = reusePort;
        this.owner = owner;
        this.nicIndex = nicIndex;
    }

    /** The claim of a connection that a listener accepted. */
    public PortBinding forAccepted(IpAddress own) {
        PortBinding b =
                new PortBinding(own, port, v6Only, reuseAddress, reusePort, owner, nicIndex);
        b.use = Use.CONNECTED;
        return b;
    }

    public IpAddress address() {
        return address;
    }

    public int port() {
        return port;
    }

    /** The interface has another address now. */
    public void moveTo(IpAddress other) {
        address = other;
    }

    void choose(int newPort) {
        port = newPort;
    }

    /** Linux: inet_rcv_saddr_equal and inet_csk_bind_conflict; for UDP {@code listens} is false. */
    boolean conflictsWith(PortBinding other, boolean listens) {
        if (nicIndex != 0 && other.nicIndex != 0 && nicIndex != other.nicIndex) return false;
        if (!overlaps(other)) return false;
        if (use == Use.CONNECTED && other.use == Use.CONNECTED) return false;
        boolean listening = listens || other.use == Use.LISTENING;
        if (reuseAddress && other.reuseAddress && !listening) return false;
        return !(reusePort && other.reusePort && owner == other.owner);
    }

    private boolean overlaps(PortBinding other) {
        boolean v4 = address.isV4();
        boolean otherV4 = other.address.isV4();
        if (v4 == otherV4) {
            return address.isAny() || other.address.isAny() || address.equals(other.address);
        }
        PortBinding six = v4 ? other : this;
        return six.address.isAny() && !six.v6Only;
    }
}
