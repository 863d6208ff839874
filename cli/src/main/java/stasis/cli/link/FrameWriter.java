package stasis.cli.link;

import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.MessageBatch;
import stasis.net.link.PacketBuffer;

import java.lang.foreign.MemorySegment;

/** Gathers frames, makes large ones of small ones, and sends them with one call. */
final class FrameWriter {
    private static final int MESSAGES = 64;
    private static final int MOST_FRAME = VirtioNetHeader.LENGTH + 14 + 0xffff;
    private static final int ROOM = 8 * MOST_FRAME;
    private static final int EINTR = 4;

    private final HostFd fd;
    private final MessageBatch batch;
    private final MemorySegment room;
    private final MergedSegment last = new MergedSegment();

    /** Frames begun. */
    private int count;

    /** Where the last one has its {@link VirtioNetHeader}. */
    private long at;

    FrameWriter(HostFd fd) throws HostException {
        this.fd = fd;
        this.batch = new MessageBatch(MESSAGES, ROOM);
        this.room = batch.room();
    }

    /** Takes the packet in any case. False: the host cannot take so large a frame, ever. */
    boolean add(PacketBuffer p) {
        try {
            return add(p.bytes(), p.start(), p.end());
        } finally {
            p.release();
        }
    }

    private boolean add(byte[] b, int from, int to) {
        if (VirtioNetHeader.LENGTH + to - from > MOST_FRAME) return false;
        if (count > 0) {
            if (last.add(b, from, to, room, at + VirtioNetHeader.LENGTH)) return true;
            finishLast();
        }
        long next = count == 0 ? 0 : at + VirtioNetHeader.LENGTH + last.length();
        if (count == MESSAGES || next + MOST_FRAME > ROOM) {
            send();
            next = 0;
        }
        at = next;
        count++;
        last.begin(b, from, to, room, at + VirtioNetHeader.LENGTH);
        return true;
    }

    private void finishLast() {
        last.finish(room, at + VirtioNetHeader.LENGTH, at);
        batch.place(count - 1, at, VirtioNetHeader.LENGTH + last.length());
    }

    void flush() {
        if (count == 0) return;
        finishLast();
        send();
    }

    /** What the host does not take now is lost, as it is in a full queue of an interface. */
    private void send() {
        int done = 0;
        while (done < count) {
            long n = batch.send(fd.number(), done, count);
            if (n > 0) done += (int) n;
            else if (n != -EINTR) done++;
        }
        count = 0;
    }

    void close() {
        batch.close();
    }
}
