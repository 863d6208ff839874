package stasis.kernel.socket.unix;

import org.jspecify.annotations.Nullable;

import stasis.state.Saved;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What a socket has been sent and has not read. Guarded by the socket's lock. */
@Saved("unix.Inbox")
public final class Inbox {
    /** What a message costs beyond its bytes, so that empty ones cannot pile up without end. */
    static final int OVERHEAD = 576;

    private Deque<UnixMessage> messages = new ArrayDeque<>();

    /** Unread bytes. */
    private int bytes;

    Inbox() {}

    boolean isEmpty() {
        return messages.isEmpty();
    }

    int count() {
        return messages.size();
    }

    int bytes() {
        return bytes;
    }

    /** What is charged against the sender's SO_SNDBUF. */
    int charge() {
        return bytes + messages.size() * OVERHEAD;
    }

    @Nullable UnixMessage first() {
        return messages.peek();
    }

    Iterable<UnixMessage> all() {
        return messages;
    }

    void add(UnixMessage message) {
        messages.add(message);
        bytes += message.data().length;
    }

    /** {@code length} more bytes of the first message were read. */
    void took(UnixMessage first, int length) {
        first.read += length;
        bytes -= length;
    }

    void removeFirst() {
        UnixMessage gone = messages.poll();
        if (gone != null) bytes -= gone.left();
    }

    /** Throws everything away; the caller releases the descriptors that were in flight. */
    List<UnixMessage> clear() {
        List<UnixMessage> all = new ArrayList<>(messages);
        messages.clear();
        bytes = 0;
        return all;
    }
}
