package stasis.kernel.fs.pipe;

import stasis.state.Saved;

import java.util.Arrays;

/**
 * Where the packets of a pipe with O_DIRECT end. Empty as long as the pipe is a plain stream; else
 * one entry per packet, positive, or per run of stream bytes, negative. Guarded by the pipe's lock.
 */
@Saved("pipe.PacketLengths")
public final class PacketLengths {
    private int[] runs = new int[0];
    private int head;
    private int count;

    PacketLengths() {}

    boolean isEmpty() {
        return count == 0;
    }

    void addPacket(int length) {
        add(length);
    }

    /** Precondition: not empty. */
    void addStream(int length) {
        int last = head + count - 1;
        if (runs[last] < 0) runs[last] -= length;
        else add(-length);
    }

    /** Stream bytes that were there before the first packet. */
    void start(int streamBytes) {
        if (streamBytes > 0) add(-streamBytes);
    }

    private void add(int run) {
        if (head + count == runs.length) {
            int[] moved = count * 2 >= runs.length ? new int[count * 2 + 4] : runs;
            System.arraycopy(runs, head, moved, 0, count);
            runs = moved;
            head = 0;
        }
        runs[head + count++] = run;
    }

    /** True if what comes next is a packet. Precondition: not empty. */
    boolean packetNext() {
        return runs[head] > 0;
    }

    /** Bytes of the packet or run that comes next. Precondition: not empty. */
    int nextLength() {
        return Math.abs(runs[head]);
    }

    /** {@code length} bytes of what comes next are gone. */
    void took(int length) {
        int rest = nextLength() - length;
        if (rest > 0) {
            runs[head] = runs[head] > 0 ? rest : -rest;
            return;
        }
        head++;
        if (--count == 0) head = 0;
    }

    void clear() {
        Arrays.fill(runs, 0);
        head = 0;
        count = 0;
    }
}
