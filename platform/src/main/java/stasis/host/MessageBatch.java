package stasis.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Room for the messages of a socket, and what it takes to receive or send many of them with one
 * call, recvmmsg(2), sendmmsg(2). One thread at a time. Room that was never used costs nothing.
 *
 * <pre>
 *   struct mmsghdr[capacity]   64 each: msghdr (name, namelen, iov, iovlen, control, controllen, flags), length
 *   struct iovec[capacity]     16 each
 *   room
 * </pre>
 */
public final class MessageBatch implements AutoCloseable {
    private static final int HEADER_BYTES = 64;
    private static final int IOV = 16;
    private static final int IOV_COUNT = 24;
    private static final int FLAGS = 48;
    private static final int LENGTH = 56;
    private static final int IOVEC_BYTES = 16;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int PAGE = 4096;

    private final int capacity;
    private final long iovecs;
    private final long roomAt;
    private final MemorySegment memory;
    private final MemorySegment room;

    /**
     * @param roomBytes for all messages together
     */
    public MessageBatch(int capacity, long roomBytes) throws HostException {
        this.capacity = capacity;
        this.iovecs = (long) capacity * HEADER_BYTES;
        this.roomAt = iovecs + (long) capacity * IOVEC_BYTES + PAGE - 1 & -PAGE;
        this.memory = Host.mapPrivate(roomAt + roomBytes);
        this.room = memory.asSlice(roomAt);
        for (int i = 0; i < capacity; i++) {
            memory.set(JAVA_LONG, header(i) + IOV, memory.address() + iovec(i));
            memory.set(JAVA_LONG, header(i) + IOV_COUNT, 1);
        }
    }

    public int capacity() {
        return capacity;
    }

    /** Where the bytes of messages are. */
    public MemorySegment room() {
        return room;
    }

    private static long header(int message) {
        return (long) message * HEADER_BYTES;
    }

    private long iovec(int message) {
        return iovecs + (long) message * IOVEC_BYTES;
    }

    /** The bytes of a message are, or are to be, {@code length} from {@code at} of the room. */
    public void place(int message, long at, long length) {
        memory.set(JAVA_LONG, iovec(message), memory.address() + roomAt + at);
        memory.set(JAVA_LONG, iovec(message) + 8, length);
    }

    /** Receives what there is without waiting; how many messages, or -errno. */
    public long receive(int fd) {
        return Host.syscall(Nr.RECVMMSG, fd, memory.address(), capacity, MSG_DONTWAIT, 0, 0);
    }

    /** Of a message that was received. */
    public int length(int message) {
        return memory.get(JAVA_INT, header(message) + LENGTH);
    }

    /** Whether the message received was longer than its place. */
    public boolean isTruncated(int message) {
        return (memory.get(JAVA_INT, header(message) + FLAGS) & MSG_TRUNC) != 0;
    }

    /** Sends messages from..to without waiting; how many, or -errno for the first. */
    public long send(int fd, int from, int to) {
        long at = memory.address() + header(from);
        int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
        return Host.syscall(Nr.SENDMMSG, fd, at, to - from, flags, 0, 0);
    }

    @Override
    public void close() {
        Host.unmap(memory.address(), memory.byteSize());
    }
}
