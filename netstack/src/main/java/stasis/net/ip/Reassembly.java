package stasis.net.ip;

import org.jspecify.annotations.Nullable;

import stasis.net.link.PacketBuffer;
import stasis.net.time.Timed;
import stasis.state.AfterRestore;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.Arrays;

/**
 * A packet of which parts have come. The parts may not overlap: nothing honest makes such
 * fragments, and what a filter thought of them would differ from what we make of them (RFC 5722;
 * Linux for IPv4 as well). A part that is there already is only a duplicate.
 */
@Saved("net.Reassembly")
final class Reassembly extends Timed {
    enum Outcome {
        WAITING,
        COMPLETE,
        /** Overlapping, or two ends: the whole packet is to be dropped. */
        CONTRADICTORY
    }

    private static final int MAX_PARTS = 128;

    private Fragments table;
    private FragmentKey key;
    private int nicIndex;
    private long deadline;

    /** Header of the fragment with offset 0, once it came. */
    private byte @Nullable [] header;

    private byte[] data = {};

    /** Of {@link #data}; -1 until the last fragment came. */
    private int total = -1;

    private int received;

    /** What has come: from, to, by from. */
    private int[] parts = new int[8];

    private int partCount;

    @SuppressWarnings("NullAway.Init") // for a restore
    private Reassembly() {}

    Reassembly(Fragments table, FragmentKey key, int nicIndex, long deadline) {
        this.table = table;
        this.key = key;
        this.nicIndex = nicIndex;
        this.deadline = deadline;
        schedule();
    }

    FragmentKey key() {
        return key;
    }

    int nicIndex() {
        return nicIndex;
    }

    int sizeBytes() {
        return data.length;
    }

    /** Bytes from..to of {@code b} belong at {@code offset}. */
    Outcome add(byte[] b, int from, int to, int offset, boolean last) {
        int end = offset + to - from;
        if (contradictsTotal(end, last)) return Outcome.CONTRADICTORY;
        int at = firstEndingAfter(offset);
        if (at < partCount && parts[2 * at] < end) {
            boolean duplicate = parts[2 * at] <= offset && end <= parts[2 * at + 1];
            return duplicate ? Outcome.WAITING : Outcome.CONTRADICTORY;
        }
        if (partCount == MAX_PARTS) return Outcome.CONTRADICTORY;
        if (last) total = end;
        insert(at, offset, end);
        store(b, from, to, offset);
        return header != null && received == total ? Outcome.COMPLETE : Outcome.WAITING;
    }

    void takeHeader(byte[] b, int from, int to) {
        if (header == null) header = Arrays.copyOfRange(b, from, to);
    }

    private boolean contradictsTotal(int end, boolean last) {
        if (total >= 0) return last ? end != total : end > total;
        return last && partCount > 0 && parts[2 * partCount - 1] > end;
    }

    private int firstEndingAfter(int offset) {
        int i = 0;
        while (i < partCount && parts[2 * i + 1] <= offset) i++;
        return i;
    }

    private void insert(int at, int offset, int end) {
        if (parts.length < 2 * partCount + 2) parts = Arrays.copyOf(parts, 2 * parts.length);
        System.arraycopy(parts, 2 * at, parts, 2 * at + 2, 2 * (partCount - at));
        parts[2 * at] = offset;
        parts[2 * at + 1] = end;
        partCount++;
    }

    private void store(byte[] b, int from, int to, int offset) {
        int end = offset + to - from;
        if (end > data.length) data = Arrays.copyOf(data, Math.max(end, 2 * data.length));
        System.arraycopy(b, from, data, offset, to - from);
        received += to - from;
    }

    boolean hasHeader() {
        return header != null;
    }

    /**
     * The packet as far as it is there: its header as it came, then its first bytes. Precondition:
     * {@link #hasHeader()}.
     */
    PacketBuffer toPacket(NetContext context) {
        byte[] head = java.util.Objects.requireNonNull(header);
        int length = total >= 0 && received == total ? total : firstPart();
        PacketBuffer p = context.pool().take(head.length + length);
        System.arraycopy(head, 0, p.bytes(), p.start(), head.length);
        System.arraycopy(data, 0, p.bytes(), p.start() + head.length, length);
        return p;
    }

    private int firstPart() {
        return partCount > 0 && parts[0] == 0 ? parts[1] : 0;
    }

    void forget() {
        table.context().timers().remove(this);
    }

    @Override
    protected void timePassed(long nowNanos) {
        table.timedOut(this);
    }

    private void schedule() {
        table.context().timers().callBy(this, deadline);
    }

    @AfterRestore
    private void scheduleAgain(Restoration restoration) {
        restoration.ready(table);
        schedule();
    }
}
