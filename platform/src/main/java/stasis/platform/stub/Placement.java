package stasis.platform.stub;

import stasis.host.Host;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which core a context is on. The owner calls everything but {@link #pull} and {@link #follow}.
 *
 * <p>The Java thread follows a pulled stub thread when it next enters user code; the stub thread
 * follows a Java thread that was carried along by another.
 */
public final class Placement {
    private static final int NOWHERE = -1;
    private static final int OUTSIDE = 1 << 20;

    /** Calls that one of two that take turns on a core may make before it sleeps. */
    private static final int TURNS = 4;

    private final Group group;
    private final Cores cores;

    /** The core's number, or'ed with {@link #OUTSIDE} while it is not in user code. */
    private final AtomicInteger place = new AtomicInteger(NOWHERE);

    /** Where the Java thread is pinned. Owner only. */
    private int pinned = NOWHERE;

    /** Owner only. */
    private boolean isSpread;

    /** The host places both until they next enter. Owner only. */
    private boolean isLoose;

    /** Where the stub thread is pinned, if not with the Java thread. Owner only. */
    private int apart = NOWHERE;

    /** The thread that {@link #bring} has moved, and where to. Owner only. */
    private int brought;

    private int broughtTo = NOWHERE;

    /** The stub thread. Owner writes. */
    private volatile int tid;

    /** The Java thread, once it is pinned. Owner writes. */
    private volatile int ownerTid;

    /** How often it enters user code beside another on its core, before it looks for a free one. */
    private volatile int turns;

    /** Somebody has pinned the Java thread to where {@link #place} says. */
    private volatile boolean isCarried;

    private Placement(Group group) {
        this.group = group;
        this.cores = group.cores;
    }

    /** Makes placements that know each other. */
    public static final class Group {
        private final Cores cores;
        private final Set<Placement> all = ConcurrentHashMap.newKeySet();
        private final Balancer balancer;

        public Group(Cores cores) {
            this.cores = cores;
            balancer = new Balancer(cores, all);
        }

        public Placement open() {
            Placement placement = new Placement(this);
            if (cores.isPinning()) all.add(placement);
            return placement;
        }

        public void close() {
            balancer.close();
        }
    }

    /** Before user code runs in stub thread {@code stub}. */
    public void enter(int stub) {
        if (!cores.isPinning()) return;
        if (isCarried) notePlace();
        int now = place.getPlain();
        int before = now == NOWHERE || isLoose ? NOWHERE : now & ~OUTSIDE;
        isLoose = false;
        int core = turns > 0 ? enterBeside(before) : cores.enter(before, false);
        if (core != pinned || core != before || stub != tid || apart != NOWHERE) {
            apart = NOWHERE;
            tid = stub;
            cores.pin(stub, core);
            if (core != pinned) pinOwner(core);
        }
        place.set(core);
    }

    /** Whoever is there will soon sleep. If not, the balancer will see it. */
    private int enterBeside(int before) {
        turns--;
        int core = cores.enter(before, true);
        if (cores.isCrowded(core)) group.balancer.watch();
        return core;
    }

    /** The two may have been pinned to different cores meanwhile. */
    private void notePlace() {
        isCarried = false;
        pinned = NOWHERE;
    }

    private void pinOwner(int core) {
        if (ownerTid == 0) ownerTid = Host.gettid();
        cores.pin(0, core);
        pinned = core;
    }

    /**
     * By the owner of {@code waker}: lets the owner of this placement, which sleeps outside of user
     * code, wake on the waker's core. Waking another core costs more than all that the two do.
     */
    public void follow(Placement waker) {
        turns = TURNS;
        waker.turns = TURNS;
        int core = waker.pinned;
        int at = place.get();
        if (core == NOWHERE || at == NOWHERE || at == (core | OUTSIDE)) return;
        if ((at & OUTSIDE) == 0 || !place.compareAndSet(at, core | OUTSIDE)) return;
        cores.pin(ownerTid, core);
        isCarried = true;
    }

    /** Instead of {@link #enter}: puts the two threads on two cores, if so many are free. */
    public boolean enterSpread(int stub) {
        if (!cores.isPinning() || !cores.takePair()) return false;
        if (isCarried) notePlace();
        isLoose = false;
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
        if (core != pinned) pinOwner(core);
    }

    /**
     * While user code runs: it takes long, or does not get to run. The host may move both threads:
     * it knows what else there is on its cores, and it may starve who cannot leave one.
     */
    public void loosen() {
        if (!cores.isPinning() || isLoose) return;
        isLoose = true;
        apart = NOWHERE;
        pinned = NOWHERE;
        cores.unpin(tid);
        cores.unpin(0);
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
        for (Placement other : group.all) {
            if (other.pull(crowded, core)) return;
        }
    }

    /** Any thread. */
    boolean isInUserCode(int core) {
        return place.get() == core;
    }

    /** Its core, or -1. Any thread. */
    int core() {
        int at = place.get();
        return at == NOWHERE ? NOWHERE : at & ~OUTSIDE;
    }

    /** Any thread. True if it was in user code on core {@code from}. */
    boolean pull(int from, int to) {
        if (!place.compareAndSet(from, to)) return false;
        cores.moved(from, to);
        cores.pin(tid, to);
        return true;
    }

    public void close() {
        group.all.remove(this);
        if (pinned != NOWHERE) cores.unpin(0);
        pinned = NOWHERE;
    }
}
