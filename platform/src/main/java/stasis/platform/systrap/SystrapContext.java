package stasis.platform.systrap;

import org.jspecify.annotations.Nullable;

import stasis.arch.Registers;
import stasis.platform.AddressSpace;
import stasis.platform.ExecutionContext;
import stasis.platform.PlatformException;
import stasis.platform.Stop;
import stasis.platform.stub.Placement;
import stasis.platform.stub.StubDiedException;
import stasis.platform.stub.StubOwner;
import stasis.platform.stub.Tracee;

import java.util.function.BooleanSupplier;

/**
 * Runs one guest thread in an untraced stub thread. A second stub thread of the process, the
 * context's <em>mapper</em>, is traced by the owner: it exists once the owner has changed a mapping
 * or cloned something.
 */
final class SystrapContext implements ExecutionContext, StubOwner {
    private static final Stop BAD_REGISTERS = new Stop.Fault(11, 0x80, 0); // SIGSEGV, SI_KERNEL

    private final Placement placement;
    private final AreaRegisters areaRegisters;
    private final Waiting waiting = new Waiting();
    private final Pace pace = new Pace();
    private final BooleanSupplier overdue = this::isOverdue;

    private @Nullable SystrapAddressSpace space;
    private @Nullable Tracee mapper;

    /** Any thread reads it, to end the wait for it. */
    private volatile @Nullable GuestThread thread;

    /** The guest thread's FPU is another's. */
    private boolean fpuForeign;

    /** Any thread sets it; the owner clears it. */
    private volatile boolean interrupted;

    /** The thread to kick, while it is in user code or about to be. */
    private volatile @Nullable GuestThread inGuest;

    private boolean closed;

    SystrapContext(AreaRegisters areaRegisters, Placement placement) {
        this.areaRegisters = areaRegisters;
        this.placement = placement;
    }

    @Override
    public Stop run(AddressSpace where, Registers registers) {
        SystrapAddressSpace to = (SystrapAddressSpace) where;
        try {
            GuestThread t = enter(to);
            if (fpuForeign || registers.isFpuChanged()) writeFpu(t, registers);
            if (!areaRegisters.write(t.area, to, registers)) return BAD_REGISTERS;
            if (to.isQueued()) to.flushBy(this);
            return runUserCode(t, registers);
        } catch (StubDiedException e) {
            lose();
            return Stop.EXITED;
        } catch (IllegalStateException e) {
            if (!to.hasEnded()) throw e; // else the platform was closed, and the area with it
            lose();
            return Stop.EXITED;
        }
    }

    private GuestThread enter(SystrapAddressSpace to) throws StubDiedException {
        GuestThread t = thread;
        if (t == null || space != to) {
            leave();
            t = to.take(this);
            thread = t;
            space = to;
            fpuForeign = true;
            areaRegisters.forget();
            waiting.await(t, to, overdue); // a new one has to begin
        }
        return t;
    }

    @Override
    public Tracee injectable() throws StubDiedException {
        Tracee m = mapper;
        if (m == null) m = makeMapper();
        placement.bring(m.tid);
        return m;
    }

    private Tracee makeMapper() throws StubDiedException {
        SystrapAddressSpace s = space;
        if (s == null) throw StubDiedException.DIED;
        Tracee m = s.attach(this);
        mapper = m;
        return m;
    }

    private void writeFpu(GuestThread t, Registers registers) {
        areaRegisters.writeFpu(t.area, registers);
        registers.fpuLoaded(registers.fpuBytes());
        fpuForeign = false;
    }

    private Stop runUserCode(GuestThread t, Registers registers) throws StubDiedException {
        SystrapAddressSpace s = space;
        if (s == null) throw StubDiedException.DIED;
        boolean spread = pace.isSpread() && placement.enterSpread(t.tid);
        if (!spread) placement.enter(t.tid);
        t.area.updateInt(Area.SPIN, spread ? pace.looks() : 0);
        t.area.updateInt(Area.INTERRUPT, 0);
        inGuest = t;
        try {
            if (takeInterruption()) return Stop.INTERRUPTED;
            if (spread) {
                runSpread(t, s);
            } else {
                runTogether(t, s);
            }
        } finally {
            inGuest = null;
            placement.leave();
        }
        Stop stop = areaRegisters.stop(t.area, s, registers);
        if (stop == Stop.INTERRUPTED) interrupted = false;
        return stop;
    }

    private void runSpread(GuestThread t, SystrapAddressSpace s) throws StubDiedException {
        if (t.area.handOver()) pace.missed();
        if (t.area.spin(pace.looks())) {
            pace.hit();
        } else {
            pace.missed();
            waiting.await(t, s, overdue);
        }
    }

    private void runTogether(GuestThread t, SystrapAddressSpace s) throws StubDiedException {
        long start = System.nanoTime();
        t.area.handOver();
        waiting.await(t, s, overdue);
        pace.stopped(System.nanoTime() - start);
    }

    private boolean takeInterruption() {
        if (!interrupted) return false;
        interrupted = false;
        return true;
    }

    /** An interruption was asked for; said each time that a wait takes long. */
    private boolean isOverdue() {
        GuestThread t = inGuest;
        if (t != null) placement.loosen();
        if (!interrupted || t == null) return false;
        t.kick();
        return true;
    }

    @Override
    public void loadFpu(Registers registers) {
        GuestThread t = thread;
        if (t == null || fpuForeign || registers.isFpuChanged()) return;
        try {
            if (areaRegisters.isFpuLive()) saveFpu(t);
            areaRegisters.readFpu(t.area, registers);
        } catch (StubDiedException e) {
            registers.fpuChanged(0); // the next run says so
            lose();
        }
    }

    /** It is in the processor: the stub writes it to the area. */
    private void saveFpu(GuestThread t) throws StubDiedException {
        SystrapAddressSpace s = space;
        if (s == null) throw StubDiedException.DIED;
        t.area.setInt(Area.ORDER, Area.SAVE_FPU);
        t.area.setLong(Area.FPU_AT, t.area.stubAddr() + Area.FPU);
        t.area.handOver();
        waiting.await(t, s, overdue);
    }

    @Override
    public void follow(ExecutionContext waker) {
        placement.follow(((SystrapContext) waker).placement);
    }

    @Override
    public void slept() {
        pace.slept();
    }

    @Override
    public void prepareThread(AddressSpace where) throws PlatformException {
        SystrapAddressSpace s = space;
        if (s != null && s == where) s.prepare(this);
    }

    /**
     * Either the owner sees the flag before it hands over, or we see the thread that it runs. One
     * signal is enough until the owner has answered: more of them would pile up on the stub's stack
     * faster than it can go back.
     */
    @Override
    public void interrupt() {
        if (interrupted) return;
        interrupted = true;
        GuestThread t = inGuest;
        if (t != null) t.kick();
    }

    /** For tests: the last call was none, but a jump. */
    boolean wasPatched() {
        return areaRegisters.isFpuLive();
    }

    /** What it shares with its stub thread now. */
    @Nullable Area area() {
        GuestThread t = thread;
        return t == null ? null : t.area;
    }

    @Override
    public void spaceEnded() {
        GuestThread t = thread;
        if (t != null) t.area.end();
    }

    private void leave() {
        GuestThread t = thread;
        Tracee m = mapper;
        SystrapAddressSpace from = space;
        thread = null;
        mapper = null;
        space = null;
        if (from == null) return;
        if (m != null) from.detached(this, m);
        if (t != null) from.give(this, t);
    }

    private void lose() {
        SystrapAddressSpace from = space;
        if (from != null) from.release();
        leave();
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        leave();
        placement.close();
        waiting.close();
    }
}
