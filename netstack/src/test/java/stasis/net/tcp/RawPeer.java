package stasis.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.jspecify.annotations.Nullable;

import stasis.net.IpAddress;
import stasis.net.NetError;
import stasis.net.SocketAddress;
import stasis.net.ip.InterfaceAddress;
import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketPool;
import stasis.net.link.Veth;
import stasis.net.stack.NetStack;
import stasis.net.stack.TwoStacks;
import stasis.net.wire.Checksum;
import stasis.net.wire.IpProtocol;
import stasis.net.wire.Ipv4Header;
import stasis.net.wire.TcpHeader;
import stasis.net.wire.TcpOptions;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A stack, and at the other end of its cable a test that writes each segment by hand and reads each
 * answer. Sequence numbers in texts and arguments count from each side's first: the SYN is 0.
 */
final class RawPeer {
    static final IpAddress STACK = IpAddress.v4(10, 0, 0, 1);
    static final IpAddress PEER = IpAddress.v4(10, 0, 0, 2);
    static final long SECOND = 1_000_000_000L;
    static final long MILLI = 1_000_000L;
    static final int PORT = 80;
    static final int PEER_PORT = 5000;
    private static final int PEER_ISS = 0x7fff_fff0;

    final NetStack stack;
    final TcpOptions options = new TcpOptions();
    long now = 1_000 * SECOND;
    private final Veth cable;
    private final PacketPool pool = new PacketPool();
    private final Deque<byte[]> heard = new ArrayDeque<>();
    private int stackIss;
    private boolean issKnown;
    private int peerPort = PEER_PORT;
    private int stackPort = PORT;

    RawPeer() {
        this(TcpSettings.defaults().withTimestamps(false).withSack(false).withWindowScaling(false));
    }

    RawPeer(TcpSettings settings) {
        Veth[] ends = Veth.pair(1500, 0, 0);
        cable = ends[1];
        stack = new NetStack(TwoStacks.entropy(5), settings);
        stack.ip().addAddress(stack.addNic("eth0", ends[0]), new InterfaceAddress(STACK, 24));
        stack.advanceTo(now);
    }

    // ---- connections ready made ----

    TcpEndpoint listener() {
        TcpEndpoint l = stack.tcp().open(false);
        l.options.reuseAddress = true;
        assertNull(l.bind(new SocketAddress(IpAddress.ANY_V4, PORT)));
        assertNull(l.listen(5));
        return l;
    }

    TcpEndpoint connecting() {
        TcpEndpoint e = stack.tcp().open(false);
        SocketAddress to = new SocketAddress(PEER, PEER_PORT);
        assertEquals(NetError.IN_PROGRESS, e.connect(to));
        stackPort = e.localPort();
        return e;
    }

    /** Passively opened, with a window of 64 KiB and the MSS 1000, nothing under way. */
    TcpEndpoint established() {
        return established("mss 1000");
    }

    TcpEndpoint established(String synOptions) {
        TcpEndpoint l = listener();
        send("S", 0, 0, 65000, 0, synOptions);
        expect("SA 0 1");
        String more = synOptions.contains("ts") ? "ts 2 " + tsVal() : "";
        send("A", 1, 1, 65000, 0, more);
        expectNothing();
        TcpEndpoint e = l.accept();
        assertNotNull(e);
        return e;
    }

    // ---- out ----

    void send(String flags, int seq, int ack) {
        send(flags, seq, ack, 65000, 0, "");
    }

    void send(String flags, int seq, int ack, int length) {
        send(flags, seq, ack, 65000, length, "");
    }

    void send(String flags, int seq, int ack, int window, int length) {
        send(flags, seq, ack, window, length, "");
    }

    /** Options: "mss 1000", "ws 7", "sackok", "ts VAL ECR", "sack L R ...", separated by comma. */
    void send(String flags, int seq, int ack, int window, int length, String optionText) {
        byte[] o = new byte[60];
        int optionLength = putOptions(o, optionText);
        int header = TcpHeader.LENGTH + optionLength;
        PacketBuffer p = pool.take(header + length);
        byte[] b = p.bytes();
        int at = p.start();
        int bits = bits(flags);
        boolean acks = (bits & TcpHeader.ACK) != 0;
        int ackNumber = acks ? stackIss + ack : 0;
        int urgent = flags.contains("U") ? length : 0;
        TcpHeader.write(b, at, PEER_ISS + seq, ackNumber, header, bits, window, urgent);
        TcpHeader.writePorts(b, at, peerPort, stackPort);
        System.arraycopy(o, 0, b, at + TcpHeader.LENGTH, optionLength);
        for (int i = 0; i < length; i++) b[at + header + i] = (byte) ('a' + (seq + i) % 26);
        put(p);
    }

    void fromPort(int port) {
        peerPort = port;
    }

    private void put(PacketBuffer p) {
        byte[] b = p.bytes();
        int length = p.length();
        int sum = Checksum.pseudoHeaderV4(PEER.v4Bits(), STACK.v4Bits(), IpProtocol.TCP, length);
        sum = Checksum.plus(sum, Checksum.partial(b, p.start(), p.end()));
        TcpHeader.putChecksum(b, p.start(), Checksum.complement(sum));
        int at = p.prepend(Ipv4Header.LENGTH);
        Ipv4Header.write(
                b, at, p.length(), 0, 1, 0, 64, IpProtocol.TCP, PEER.v4Bits(), STACK.v4Bits());
        cable.send(p);
        stack.poll(now);
    }

    private static int bits(String flags) {
        int bits = 0;
        for (int i = 0; i < flags.length(); i++) {
            bits |=
                    switch (flags.charAt(i)) {
                        case 'S' -> TcpHeader.SYN;
                        case 'A' -> TcpHeader.ACK;
                        case 'F' -> TcpHeader.FIN;
                        case 'R' -> TcpHeader.RST;
                        case 'P' -> TcpHeader.PSH;
                        case 'U' -> TcpHeader.URG;
                        default -> throw new IllegalArgumentException(flags);
                    };
        }
        return bits;
    }

    private static int putOptions(byte[] o, String text) {
        int at = 0;
        for (String option : text.split(",", -1)) {
            String[] w = option.trim().split(" ", -1);
            switch (w[0]) {
                case "mss" -> at = TcpOptions.putMss(o, at, Integer.parseInt(w[1]));
                case "ws" -> at = TcpOptions.putScale(o, at, Integer.parseInt(w[1]));
                case "sackok" -> at = TcpOptions.putSackPermitted(o, at);
                case "ts" ->
                        at =
                                TcpOptions.putTimestamps(
                                        o, at, Integer.parseInt(w[1]), Integer.parseInt(w[2]));
                default -> {}
            }
        }
        return at;
    }

    /** With SACK blocks, counted from the stack's SYN: left and right edges. */
    void sendSack(int seq, int ack, int... edges) {
        PacketBuffer p = pool.take(TcpHeader.LENGTH + 4 + 4 * edges.length);
        byte[] b = p.bytes();
        int header = p.length();
        int acked = stackIss + ack;
        int from = PEER_ISS + seq;
        TcpHeader.write(b, p.start(), from, acked, header, TcpHeader.ACK, 65000, 0);
        TcpHeader.writePorts(b, p.start(), peerPort, stackPort);
        int at = TcpOptions.putSackHead(b, p.start() + TcpHeader.LENGTH, edges.length / 2);
        for (int i = 0; i < edges.length; i += 2) {
            at = TcpOptions.putSackEdges(b, at, stackIss + edges[i], stackIss + edges[i + 1]);
        }
        put(p);
    }

    // ---- in ----

    /** Moves the time; what is due happens in order. */
    void pass(long nanos) {
        long end = now + nanos;
        while (stack.nextPollNanos() <= end) {
            now = Math.max(now, stack.nextPollNanos());
            stack.poll(now);
        }
        now = end;
        stack.poll(now);
    }

    private byte @Nullable [] next() {
        PacketBuffer p;
        while ((p = cable.receive(now)) != null) {
            heard.addLast(p.copy());
            p.release();
        }
        return heard.pollFirst();
    }

    /**
     * The next segment of the stack is "FLAGS SEQ ACK" or "FLAGS SEQ ACK LENGTH", where ACK is left
     * out if the flag is not there. PSH is not looked at.
     */
    void expect(String text) {
        byte[] p = next();
        if (p == null) throw new AssertionError("nothing came, expected: " + text);
        assertEquals(text, describe(p));
    }

    void expectNothing() {
        byte[] p = next();
        if (p != null) throw new AssertionError("nothing expected, came: " + describe(p));
    }

    /** All that came up to now is of no interest. Returns how many. */
    int drain() {
        int n = 0;
        while (next() != null) n++;
        return n;
    }

    private String describe(byte[] p) {
        int at = Ipv4Header.LENGTH;
        int flags = TcpHeader.flags(p, at);
        if ((flags & TcpHeader.SYN) != 0 && !issKnown) {
            stackIss = TcpHeader.seq(p, at);
            issKnown = true;
        }
        int header = TcpHeader.headerLength(p, at);
        options.read(p, at + TcpHeader.LENGTH, at + header);
        lastWindow = TcpHeader.window(p, at);
        lastUrgent = TcpHeader.urgentPointer(p, at);
        lastData = Arrays.copyOfRange(p, at + header, p.length);
        StringBuilder text = new StringBuilder();
        for (String flag : List.of("S", "F", "R", "U", "A")) {
            if ((flags & bits(flag)) != 0) text.append(flag);
        }
        boolean bareReset = (flags & TcpHeader.RST) != 0 && !issKnown;
        text.append(' ').append(TcpHeader.seq(p, at) - (bareReset ? 0 : stackIss));
        if ((flags & TcpHeader.ACK) != 0) text.append(' ').append(TcpHeader.ack(p, at) - PEER_ISS);
        if (lastData.length > 0) text.append(' ').append(lastData.length);
        return text.toString();
    }

    private int lastWindow;
    private int lastUrgent;
    private byte[] lastData = {};

    /** Of the segment expected last. */
    int window() {
        return lastWindow;
    }

    int urgentPointer() {
        return lastUrgent;
    }

    /** The next SYN of the stack is that of another connection. */
    void forgetIss() {
        issKnown = false;
    }

    int peerIss() {
        return PEER_ISS;
    }

    int tsVal() {
        return options.tsVal();
    }

    /** As if the stack's first sequence number were known: for segments to nobody. */
    void assumeIss(int iss) {
        stackIss = iss;
        issKnown = true;
    }
}
