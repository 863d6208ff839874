package stasis.kernel.net;

import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.TimerTarget;
import stasis.net.Entropy;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.Nic;
import stasis.net.ip.Route;
import stasis.net.link.LinkEndpoint;
import stasis.net.stack.NetStack;
import stasis.net.tcp.TcpSettings;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.Arrays;
import java.util.List;

/**
 * The stack of one kernel, and when it works: in the calls of guest threads, when the guest's clock
 * reaches what the stack waits for, and when a link to the host has something. It has no thread of
 * its own; with nothing to wait for, nothing runs.
 *
 * <pre>
 *   try (var _ = network.enter()) {   takes the lock, tells the stack the time
 *       endpoint.send(...);           any calls of the stack
 *   }                                 packets on their way arrive, the next deadline is noted,
 *                                     the lock is left, and then those who wait are woken
 * </pre>
 *
 * The stack's time is the guest's monotonic clock, which stands still in a snapshot. There is
 * always {@code lo}, with 127.0.0.1/8 and ::1.
 */
@Saved("network.Network")
public final class Network implements TimerTarget {
    private NetStack stack;
    private MonotonicClock clock;
    private NetlinkPorts netlinkPorts = new NetlinkPorts();

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.NETWORK);

    @NotSaved("shut until the kernel that was restored is started")
    private final Gate gate = new Gate();

    /** Nothing enters or leaves by a link. Guarded by {@link #lock}, like all that follows. */
    @NotSaved("a network that was restored begins so")
    private boolean stopped = true;

    /** The earliest deadline that the clock was told. */
    @NotSaved("told again by start")
    private long scheduledFor = MonotonicClock.NEVER;

    /** Who is to hear something when the lock is left. */
    @NotSaved("empty whenever the lock is free")
    private Notice[] toTell = new Notice[16];

    @NotSaved("0 whenever the lock is free")
    private int tellCount;

    @NotSaved("without a state of its own")
    private final Entered entered = new Entered();

    @SuppressWarnings("NullAway.Init")
    private Network() {}

    public Network(Entropy entropy, MonotonicClock clock) {
        this.clock = clock;
        this.stack = new NetStack(entropy, TcpSettings.defaults());
    }

    // ---- working with the stack ----

    /** What {@link #enter} gives: to be closed by the same thread. */
    public final class Entered implements AutoCloseable {
        private Entered() {}

        @Override
        public void close() {
            leave();
        }
    }

    /** Takes the lock for calls that may send, or change what others wait for. */
    public Entered enter() {
        lock.hold();
        stack.advanceTo(clock.now());
        return entered;
    }

    /** For looking only: {@code try (var _ = network.lock().hold()) ...}. */
    public RankedLock lock() {
        return lock;
    }

    /** Precondition for its use: the lock is held. */
    public NetStack stack() {
        return stack;
    }

    /** The guest's time. */
    public long now() {
        return clock.now();
    }

    /** Precondition for its use: the lock is held. */
    public NetlinkPorts netlinkPorts() {
        return netlinkPorts;
    }

    private void leave() {
        try {
            if (!stopped) work();
        } finally {
            unlockAndTell();
        }
    }

    /** What was sent over loopback arrives here, without another thread. */
    private void work() {
        stack.poll(clock.now());
        long next = stack.nextPollNanos();
        if (next >= scheduledFor) return;
        scheduledFor = next;
        clock.wakeAt(next, this);
    }

    private void unlockAndTell() {
        switch (tellCount) {
            case 0 -> lock.close();
            case 1 -> tellOne();
            default -> tellAll();
        }
    }

    /** By far the most frequent: it makes no object. */
    private void tellOne() {
        Notice notice = toTell[0];
        int events = notice.take();
        tellCount = 0;
        lock.close();
        notice.tell(events);
    }

    private void tellAll() {
        Notice[] notices = Arrays.copyOf(toTell, tellCount);
        int[] events = new int[tellCount];
        for (int i = 0; i < tellCount; i++) events[i] = notices[i].take();
        tellCount = 0;
        lock.close();
        for (int i = 0; i < events.length; i++) notices[i].tell(events[i]);
    }

    void willTell(Notice notice) {
        assert lock.heldByMe();
        if (tellCount == toTell.length) toTell = Arrays.copyOf(toTell, 2 * tellCount);
        toTell[tellCount++] = notice;
    }

    /** The clock has reached what the stack waits for. */
    @Override
    public void expired(long deadlineNanos) {
        try (var _ = enter()) {
            if (deadlineNanos == scheduledFor) scheduledFor = MonotonicClock.NEVER;
        }
    }

    // ---- links to the host ----

    /**
     * A new interface on {@code link}, up. The link is saved with the stack and plugs itself in
     * again in its restore hook.
     */
    public Nic plug(
            String name,
            LinkEndpoint link,
            List<InterfaceAddress> addresses,
            List<Gateway> gateways) {
        try (var _ = enter()) {
            Nic nic = stack.addNic(name, link);
            for (InterfaceAddress a : addresses) stack.ip().addAddress(nic, a);
            for (Gateway g : gateways) {
                stack.ip().routes().add(route(nic, g));
            }
            return nic;
        }
    }

    private static Route route(Nic nic, Gateway g) {
        return new Route(g.destination(), g.prefixLength(), g.gateway(), nic, null, g.metric());
    }

    /**
     * For the thread that reads a link to the host: the link has something for the stack. Waits
     * while the kernel is paused.
     *
     * @return false if the kernel is no more: the thread is to end
     */
    public boolean inputReady() {
        while (gate.pass()) {
            try (var _ = enter()) {
                if (!stopped) return true;
            }
        }
        return false;
    }

    // ---- with the kernel ----

    /** Nothing moves from now on. Precondition: no task is in a call. */
    public void stop() {
        gate.set(false);
        try (var _ = lock.hold()) {
            stopped = true;
        }
    }

    /** Goes on, or begins. Precondition: the clock runs. */
    public void start() {
        try (var _ = enter()) {
            stopped = false;
            scheduledFor = MonotonicClock.NEVER;
        }
        gate.set(true);
    }

    /** The kernel is not needed any more. */
    public void end() {
        stop();
        gate.end();
    }
}
