package stasis.cli.link;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.jspecify.annotations.Nullable;

import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.MessageBatch;
import stasis.net.link.PacketBuffer;
import stasis.net.link.PacketPool;

import java.lang.foreign.MemorySegment;

/** Receives frames, many with one call. */
final class FrameReader {
    private static final int MESSAGES = 32;
    private static final int PLACE = 66 << 10;
    private static final int EAGAIN = 11;

    /** Failures in a row that are each a frame's, as EINVAL for one the host cannot describe. */
    private static final int PATIENCE = 64;

    private final HostFd fd;
    private final MessageBatch batch;
    private final MemorySegment room;
    private final UdpPieces pieces = new UdpPieces();
    private int next;
    private int count;

    FrameReader(HostFd fd) throws HostException {
        this.fd = fd;
        this.batch = new MessageBatch(MESSAGES, (long) MESSAGES * PLACE);
        this.room = batch.room();
        for (int i = 0; i < MESSAGES; i++) batch.place(i, (long) i * PLACE, PLACE);
    }

    @Nullable PacketBuffer receive(PacketPool pool) {
        PacketBuffer piece = pieces.next(pool);
        if (piece != null) return piece;
        while (true) {
            if (next == count && !refill()) return null;
            PacketBuffer p = take(next++, pool);
            if (p != null) return p;
        }
    }

    private boolean refill() {
        next = 0;
        count = 0;
        for (int i = 0; i < PATIENCE; i++) {
            long n = batch.receive(fd.number());
            if (n == -EAGAIN) return false;
            if (n > 0) {
                count = (int) n;
                return true;
            }
        }
        return false;
    }

    private @Nullable PacketBuffer take(int message, PacketPool pool) {
        int length = batch.length(message) - VirtioNetHeader.LENGTH;
        if (length <= 0 || batch.isTruncated(message)) return null;
        long at = (long) message * PLACE;
        if (VirtioNetHeader.kind(room, at) == VirtioNetHeader.UDP) {
            int each = VirtioNetHeader.pieceLength(room, at);
            pieces.cut(room.asSlice(at + VirtioNetHeader.LENGTH, length), each);
            return pieces.next(pool);
        }
        PacketBuffer p = pool.take(length);
        MemorySegment.copy(
                room, JAVA_BYTE, at + VirtioNetHeader.LENGTH, p.bytes(), p.start(), length);
        int known = VirtioNetHeader.NEEDS_CHECKSUM | VirtioNetHeader.CHECKED;
        p.setChecked((VirtioNetHeader.flags(room, at) & known) != 0);
        return p;
    }

    void close() {
        batch.close();
    }
}
