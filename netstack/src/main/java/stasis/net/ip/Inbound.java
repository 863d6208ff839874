package stasis.net.ip;

import stasis.net.IpAddress;
import stasis.net.link.PacketBuffer;
import stasis.net.wire.Checksum;

/** The packet being received. One object of the {@link IpLayer}, filled anew for each. */
public final class Inbound {
    private Nic nic;
    private PacketBuffer packet;
    private int headerStart;
    private boolean v4;
    private int protocol;
    private int hops;
    private int trafficClass;
    private boolean toGroup;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;

    @SuppressWarnings("NullAway.Init") // filled before use
    Inbound() {}

    void begin(Nic arrivedBy, PacketBuffer p, boolean isV4, boolean group) {
        nic = arrivedBy;
        packet = p;
        headerStart = p.start();
        v4 = isV4;
        toGroup = group;
    }

    void header(int headerProtocol, int headerHops, int headerTrafficClass) {
        protocol = headerProtocol;
        hops = headerHops;
        trafficClass = headerTrafficClass;
    }

    /** Behind an extension header. */
    void becomeProtocol(int next) {
        protocol = next;
    }

    void addresses(long fromHigh, long fromLow, long toHigh, long toLow) {
        sourceHigh = fromHigh;
        sourceLow = fromLow;
        destinationHigh = toHigh;
        destinationLow = toLow;
    }

    public Nic nic() {
        return nic;
    }

    /** From its {@code start}, what the transport sent. */
    public PacketBuffer packet() {
        return packet;
    }

    public byte[] bytes() {
        return packet.bytes();
    }

    public int start() {
        return packet.start();
    }

    public int end() {
        return packet.end();
    }

    /** Where the IP header begins in {@link #bytes}. */
    public int headerStart() {
        return headerStart;
    }

    public boolean isV4() {
        return v4;
    }

    public int protocol() {
        return protocol;
    }

    public int hops() {
        return hops;
    }

    public int trafficClass() {
        return trafficClass;
    }

    /** To more than one host, by its link address or by that of IP. */
    public boolean isToGroup() {
        return toGroup;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    public IpAddress source() {
        return new IpAddress(sourceHigh, sourceLow);
    }

    public IpAddress destination() {
        return new IpAddress(destinationHigh, destinationLow);
    }

    /** Whether the transport's checksum over {@code length} bytes adds up, or needs none. */
    public boolean hasValidChecksum(int length) {
        if (packet.isChecked() || nic.link().isTrusted()) return true;
        int sum = Checksum.partial(bytes(), start(), start() + length);
        return Checksum.plus(pseudoHeader(length), sum) == 0xffff;
    }

    private int pseudoHeader(int length) {
        if (v4) {
            int from = (int) sourceLow;
            return Checksum.pseudoHeaderV4(from, (int) destinationLow, protocol, length);
        }
        return Checksum.pseudoHeaderV6(
                sourceHigh, sourceLow, destinationHigh, destinationLow, protocol, length);
    }
}
