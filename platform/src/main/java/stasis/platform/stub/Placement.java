package stasis.platform.stub;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which core a context is on. The owner calls everything but {@link #pull}.
 *
 * <p>The Java thread follows a pulled stub thread when it next enters user code.
 */
public final class Placement {
    private static final int NOWHERE = -1;
    private static final int OUTSIDE = 1 << 20;

    private final Cores cores;

    /** All contexts of the platform. */
    private final Set<Placement> all;

    /** The core's number, or'ed with {@link #OUTSIDE} while it is not in user code. */
    private final AtomicInteger place = new AtomicInteger(NOWHERE);

    /** Where the Java thread is pinned. Owner only. */
    private int pinned = NOWHERE;

    /** Owner only. */
    private boolean isSpread;

    /** Where the stub thread is pinned, if not with the Java thread. Owner only. */
    private int apart = NOWHERE;

    /** The thread that {@link #bring} has moved, and where to. Owner only. */
    private int brought;

    private int broughtTo = NOWHERE;

    /** The stub thread. Owner writes. */
    private volatile int tid;

    private Placement(Cores cores, Set<Placement> all) {
        this.cores = cores;
        this.all = all;
    }

    /** Makes placements that know each other. */
    public static final class Group {
        private final Cores cores;
        private final Set<Placement> all = ConcurrentHashMap.newKeySet();

        public Group(Cores cores) {
            this.cores = cores;
        }

        public Placement open() {
            Placement placement = new Placement(cores, all);
            if (cores.isPinning()) all.add(placement);
            return placement;
        }
    }

    /** Before user code runs in stub thread {@code stub}. */
    public void enter(int stub) {
        if (!cores.isPinning()) return;
        int now = place.getPlain();
        int before = now == NOWHERE ? NOWHERE : now & ~OUTSIDE;
        int core = cores.enter(before);
        if (core != pinned || core != before || stub != tid || apart != NOWHERE) {
            apart = NOWHERE;
            tid = stub;
            cores.pin(stub, core);
            if (core != pinned) cores.pin(0, core);
            pinned = core;
        }
        place.set(core);
    }

    /** Instead of {@link #enter}: puts the two threads on two cores, if so many are free. */
    public boolean enterSpread(int stub) {
        if (!cores.isPinning() || !cores.takePair()) return false;
        place.set(NOWHERE);
        if (apart == NOWHERE || stub != tid) pinApart(stub);
        isSpread = true;
        return true;
    }

    /** The host would leave both where they are for a long time. */
    private void pinApart(int stub) {
        int core = pinned == NOWHERE ? cores.here() : pinned;
        tid = stub;
        apart = cores.leastBusyBut(core);
        cores.pin(stub, apart);
        if (core != pinned) cores.pin(0, core);
        pinned = core;
    }

    /** Lets another stub thread run where the calling owner does, which will wait for it. */
    public void bring(int stub) {
        if (!cores.isPinning() || pinned != NOWHERE && stub == brought && pinned == broughtTo)
            return;
        if (pinned == NOWHERE) {
            cores.bringHere(stub);
        } else {
            cores.pin(stub, pinned);
        }
        brought = stub;
        broughtTo = pinned;
    }

    /** After user code has run. */
    public void leave() {
        if (!cores.isPinning()) return;
        if (isSpread) {
            isSpread = false;
            cores.givePair();
            return;
        }
        int core = place.getAndUpdate(at -> at | OUTSIDE);
        if (cores.leave(core)) pullSomebody(core);
    }

    private void pullSomebody(int core) {
        int crowded = cores.crowded();
        if (crowded < 0) return;
        for (Placement other : all) {
            if (other.pull(crowded, core)) return;
        }
    }

    /** Any thread. True if it was in user code on core {@code from}. */
    private boolean pull(int from, int to) {
        if (!place.compareAndSet(from, to)) return false;
        cores.moved(from, to);
        cores.pin(tid, to);
        return true;
    }

    public void close() {
        all.remove(this);
        if (pinned != NOWHERE) cores.unpin(0);
        pinned = NOWHERE;
    }
}
