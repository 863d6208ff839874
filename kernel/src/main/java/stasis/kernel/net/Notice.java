package stasis.kernel.net;

import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLPRI;
import static stasis.abi.Poll.POLLRDHUP;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.abi.Poll.POLLWRNORM;

import stasis.kernel.wait.WaitQueue;
import stasis.net.Readiness;

/**
 * What one socket's wait queue is to hear. The stack tells in the midst of its work; the queue is
 * told when the stack's lock is left. Not saved: sockets make it anew.
 */
public final class Notice implements Readiness.Observer {
    private final Network network;
    private final WaitQueue queue;

    /** POLL* to be told; 0: not on the network's list. Guarded by the network's lock. */
    private int events;

    public Notice(Network network, WaitQueue queue) {
        this.network = network;
        this.queue = queue;
    }

    /** Who registers after this looks first, so without anybody there is nothing to do. */
    @Override
    public void happened(int readiness) {
        if (queue.isEmpty()) return;
        if (events == 0) network.willTell(this);
        events |= pollEvents(readiness);
    }

    /** What is to be told, once. */
    int take() {
        int taken = events;
        events = 0;
        return taken;
    }

    void tell(int what) {
        queue.wake(what);
    }

    /** Bits of {@link Readiness} as poll(2) has them. */
    public static int pollEvents(int readiness) {
        int events = 0;
        if ((readiness & Readiness.READABLE) != 0) events |= POLLIN | POLLRDNORM;
        if ((readiness & Readiness.WRITABLE) != 0) events |= POLLOUT | POLLWRNORM;
        if ((readiness & Readiness.URGENT) != 0) events |= POLLPRI;
        if ((readiness & Readiness.ERROR) != 0) events |= POLLERR;
        if ((readiness & Readiness.PEER_CLOSED) != 0) events |= POLLRDHUP;
        if ((readiness & Readiness.HANG_UP) != 0) events |= POLLHUP;
        return events;
    }
}
