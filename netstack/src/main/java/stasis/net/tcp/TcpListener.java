package stasis.net.tcp;

import org.jspecify.annotations.Nullable;

import stasis.state.Saved;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/** Connections to come of one endpoint that listens: half open, and ready to be accepted. */
@Saved("net.TcpListener")
final class TcpListener {
    private int backlog;
    private Set<TcpEndpoint> halfOpen = new LinkedHashSet<>();
    private Deque<TcpEndpoint> ready = new ArrayDeque<>();

    /** Until when answers to cookies may come; until then an ACK out of the blue is looked at. */
    private long cookiesUntil = Long.MIN_VALUE;

    private TcpListener() {}

    TcpListener(int backlog) {
        this.backlog = backlog;
    }

    /** Linux: one more than asked for is let in, sk_acceptq_is_full. */
    boolean hasRoom() {
        return ready.size() <= backlog;
    }

    /** Linux: inet_csk_reqsk_queue_is_full. */
    boolean isPressed(int maxSynBacklog) {
        return halfOpen.size() >= Math.min(Math.max(backlog, 1), maxSynBacklog);
    }

    void setBacklog(int newBacklog) {
        backlog = newBacklog;
    }

    int backlog() {
        return backlog;
    }

    int readyCount() {
        return ready.size();
    }

    int halfOpenCount() {
        return halfOpen.size();
    }

    void cookieSent(long now) {
        cookiesUntil = now + 180_000_000_000L;
    }

    boolean expectsCookies(long now) {
        return now <= cookiesUntil;
    }

    void begun(TcpEndpoint e) {
        halfOpen.add(e);
    }

    void established(TcpEndpoint e) {
        halfOpen.remove(e);
        ready.addLast(e);
    }

    @Nullable TcpEndpoint accept() {
        return ready.pollFirst();
    }

    /** A half-open one failed; one that was ready stays, and fails whoever accepts it. */
    void failed(TcpEndpoint e) {
        halfOpen.remove(e);
    }

    /** Nobody will accept them. */
    void abortAll() {
        for (TcpEndpoint e : new ArrayList<>(halfOpen)) e.abort();
        for (TcpEndpoint e : new ArrayList<>(ready)) e.abort();
        halfOpen.clear();
        ready.clear();
    }
}
