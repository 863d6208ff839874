package stasis.net.tcp;

import stasis.net.ip.Inbound;
import stasis.net.wire.TcpHeader;
import stasis.net.wire.TcpOptions;

/** The segment that arrives. One object of the {@link TcpProtocol}, filled anew for each. */
final class Segment {
    private final TcpOptions options = new TcpOptions();
    private byte[] bytes = {};
    private int sourcePort;
    private int destinationPort;
    private int seq;
    private int ack;
    private int flags;
    private int window;
    private int urgentPointer;
    private int dataAt;
    private int dataLength;

    Segment() {}

    /** Precondition: the header is valid. */
    void read(Inbound in) {
        byte[] b = in.bytes();
        int at = in.start();
        bytes = b;
        sourcePort = TcpHeader.sourcePort(b, at);
        destinationPort = TcpHeader.destinationPort(b, at);
        seq = TcpHeader.seq(b, at);
        ack = TcpHeader.ack(b, at);
        flags = TcpHeader.flags(b, at);
        window = TcpHeader.window(b, at);
        urgentPointer = TcpHeader.urgentPointer(b, at);
        dataAt = at + TcpHeader.headerLength(b, at);
        dataLength = in.end() - dataAt;
        options.read(b, at + TcpHeader.LENGTH, dataAt);
    }

    TcpOptions options() {
        return options;
    }

    byte[] bytes() {
        return bytes;
    }

    int sourcePort() {
        return sourcePort;
    }

    int destinationPort() {
        return destinationPort;
    }

    int seq() {
        return seq;
    }

    int ack() {
        return ack;
    }

    int window() {
        return window;
    }

    int urgentPointer() {
        return urgentPointer;
    }

    int dataAt() {
        return dataAt;
    }

    int dataLength() {
        return dataLength;
    }

    boolean isSyn() {
        return (flags & TcpHeader.SYN) != 0;
    }

    boolean isAck() {
        return (flags & TcpHeader.ACK) != 0;
    }

    boolean isRst() {
        return (flags & TcpHeader.RST) != 0;
    }

    boolean isFin() {
        return (flags & TcpHeader.FIN) != 0;
    }

    boolean isUrgent() {
        return (flags & TcpHeader.URG) != 0;
    }

    boolean isPush() {
        return (flags & TcpHeader.PSH) != 0;
    }

    /** In sequence space: SYN and FIN count, RFC 9293 3.4. */
    int length() {
        return dataLength + (isSyn() ? 1 : 0) + (isFin() ? 1 : 0);
    }

    /** The sequence number after the segment. */
    int end() {
        return seq + length();
    }

    /** The sequence number of the first byte of data. */
    int dataSeq() {
        return isSyn() ? seq + 1 : seq;
    }

    /** The SYN was taken, or came before. */
    void dropSyn() {
        if (!isSyn()) return;
        flags &= ~TcpHeader.SYN;
        seq++;
    }

    /** Precondition: no SYN, and no more than the data. */
    void dropFront(int count) {
        seq += count;
        dataAt += count;
        dataLength -= count;
    }

    /** Takes bytes off the end, the FIN first. */
    void dropBack(int count) {
        if (count > 0 && isFin()) {
            flags &= ~TcpHeader.FIN;
            count--;
        }
        dataLength -= count;
    }
}
