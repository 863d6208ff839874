package stasis.platform.ptrace;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.jspecify.annotations.Nullable;

import stasis.arch.Registers;
import stasis.platform.AddressSpace;
import stasis.platform.ExecutionContext;
import stasis.platform.PlatformException;
import stasis.platform.Stop;
import stasis.platform.stub.Placement;
import stasis.platform.stub.StubDiedException;
import stasis.platform.stub.StubOwner;
import stasis.platform.stub.StubSpace;
import stasis.platform.stub.Tracee;
import stasis.platform.stub.UserRegisters;
import stasis.platform.stub.XState;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Runs one guest thread in one stub thread of the address space it is in.
 *
 * <p>Most stops are system calls after which only rax differs: what the stub thread holds is
 * remembered, so that two words are written instead of all registers.
 */
final class PtraceContext implements ExecutionContext, StubOwner {
    private static final int SIGTRAP = 5;
    private static final int SIGSEGV = 11;
    private static final int SIGSYS = 31;
    private static final int SEGV_MAPERR = 1;
    private static final int SEGV_ACCERR = 2;
    private static final int SI_KERNEL = 0x80;
    private static final int AUDIT_ARCH_X86_64 = 0xc000_003e;

    private final XState xstate;
    private final Placement placement;
    private final Arena arena = Arena.ofConfined();

    /** A {@code struct user_regs_struct} on its way. */
    private final MemorySegment user = arena.allocate(Registers.GENERAL_BYTES, 16);

    private final MemorySegment fpu;

    private @Nullable Tracee tracee;
    private @Nullable StubSpace space;

    /** The stub thread holds what the registers were when they were last read or written. */
    private boolean isKnown;

    private long knownRax;

    /** The stub thread is in a system call, which is skipped by setting orig_rax to -1. */
    private boolean inCall;

    /** The stub thread's FPU is not this guest thread's. */
    private boolean fpuForeign;

    /** Any thread sets it; the owner clears it. */
    private volatile boolean interrupted;

    /** The thread to kick, while it is in user code or about to be. */
    private volatile @Nullable Tracee inGuest;

    PtraceContext(XState xstate, Placement placement) {
        this.xstate = xstate;
        this.placement = placement;
        fpu = arena.allocate(xstate.bytes(), 64);
    }

    @Override
    public Stop run(AddressSpace where, Registers registers) {
        try {
            Tracee t = enter((StubSpace) where);
            if (fpuForeign || registers.isFpuChanged()) writeFpu(t, registers);
            if (!writeRegisters(t, registers)) {
                return new Stop.Fault(SIGSEGV, SI_KERNEL, 0);
            }
            return runUserCode(t, registers);
        } catch (StubDiedException e) {
            lose();
            return Stop.EXITED;
        }
    }

    private Tracee enter(StubSpace to) throws StubDiedException {
        Tracee t = tracee;
        if (t == null || space != to) {
            leave();
            t = to.attach(this);
            tracee = t;
            space = to;
            fpuForeign = true;
            forgetRegisters();
        }
        if (to.isQueued()) to.flushBy(this);
        return t;
    }

    /** The stopped stub thread, for injected calls. */
    @Override
    public Tracee injectable() throws StubDiedException {
        forgetRegisters();
        if (tracee == null) throw StubDiedException.DIED;
        return tracee;
    }

    /** The wait for the stub thread says so by itself. */
    @Override
    public void spaceEnded() {}

    private void forgetRegisters() {
        isKnown = false;
        inCall = false;
    }

    // ---- in

    private void writeFpu(Tracee t, Registers registers) throws StubDiedException {
        xstate.fill(fpu, registers);
        if (!t.setFpu(fpu, xstate.bytes())) {
            XState.onlyLegacy(fpu);
            if (!t.setFpu(fpu, xstate.bytes())) throw new IllegalStateException("XSAVE area");
        }
        registers.fpuLoaded(registers.fpuBytes());
        fpuForeign = false;
    }

    /** False if the host does not accept an address. */
    private boolean writeRegisters(Tracee t, Registers registers) throws StubDiedException {
        if (isKnown && registers.onlyResultChanged()) {
            writeResult(t, registers.get(Registers.RAX));
            return true;
        }
        forgetRegisters();
        long[] general = registers.general();
        MemorySegment.copy(general, 0, user, JAVA_LONG, 0, general.length);
        UserRegisters.sanitize(user);
        return t.setRegisters(user);
    }

    private void writeResult(Tracee t, long rax) throws StubDiedException {
        if (inCall) t.setRegister(Registers.ORIG_RAX, -1);
        inCall = false;
        if (rax != knownRax) t.setRegister(Registers.RAX, rax);
        knownRax = rax;
    }

    // ---- out

    private Stop runUserCode(Tracee t, Registers registers) throws StubDiedException {
        placement.enter(t.tid);
        inGuest = t;
        try {
            if (interrupted) {
                interrupted = false;
                return Stop.INTERRUPTED;
            }
            for (; ; ) {
                t.resume();
                Stop stop = stop(t, t.await(), registers);
                if (stop != null) return stop;
            }
        } finally {
            inGuest = null;
            placement.leave();
        }
    }

    /** Null for a stop that says nothing. */
    private @Nullable Stop stop(Tracee t, int status, Registers registers)
            throws StubDiedException {
        if (Tracee.event(status) == Tracee.EVENT_SECCOMP) {
            readRegisters(t, registers);
            inCall = true;
            registers.set(Registers.RAX, registers.get(Registers.ORIG_RAX));
            return Stop.SYSCALL;
        }
        int signal = Tracee.signal(status);
        if (Tracee.event(status) == 0 && UserRegisters.isFatal(signal)) {
            return fault(t, signal, registers);
        }
        // A kick, an old kick, or a signal or group stop made from outside: nothing for the guest.
        if (!interrupted) return null;
        interrupted = false;
        readRegisters(t, registers);
        return Stop.INTERRUPTED;
    }

    private void readRegisters(Tracee t, Registers registers) throws StubDiedException {
        t.getRegisters(user);
        long[] general = registers.general();
        MemorySegment.copy(user, JAVA_LONG, 0, general, 0, general.length);
        registers.generalLoaded();
        knownRax = registers.get(Registers.RAX);
        isKnown = true;
    }

    private @Nullable Stop fault(Tracee t, int signal, Registers registers)
            throws StubDiedException {
        MemorySegment info = t.siginfo();
        int code = info.get(JAVA_INT, 8);
        if (code <= 0) return null; // somebody outside sent it
        long addr = info.get(JAVA_LONG, 16);
        int number = info.get(JAVA_INT, 24); // si_syscall and si_arch, for SIGSYS
        int arch = info.get(JAVA_INT, 28);
        readRegisters(t, registers);
        if (signal == SIGSYS) return otherCall(number, arch, registers);
        if (signal == SIGSEGV && code == SEGV_MAPERR) return new Stop.PageFault(addr, false);
        if (signal == SIGSEGV && code == SEGV_ACCERR) return new Stop.PageFault(addr, true);
        return new Stop.Fault(signal, code, signal == SIGTRAP || code == SI_KERNEL ? 0 : addr);
    }

    /**
     * A call of the vsyscall page, which the host has returned from already; or an {@code int
     * 0x80}, which faults as on a host without i386 support.
     */
    private static Stop otherCall(int number, int arch, Registers registers) {
        if (arch == AUDIT_ARCH_X86_64) {
            registers.set(Registers.RAX, number);
            registers.set(Registers.ORIG_RAX, number);
            return Stop.SYSCALL;
        }
        registers.set(Registers.RIP, registers.get(Registers.RIP) - 2);
        return new Stop.Fault(SIGSEGV, SI_KERNEL, 0);
    }

    @Override
    public void loadFpu(Registers registers) {
        Tracee t = tracee;
        if (t == null || fpuForeign || registers.isFpuChanged()) return;
        try {
            registers.fpuLoaded(t.getFpu(registers.fpu()));
        } catch (StubDiedException e) {
            lose();
        }
    }

    // ---- threads

    @Override
    public void follow(ExecutionContext waker) {
        placement.follow(((PtraceContext) waker).placement);
    }

    @Override
    public void prepareThread(AddressSpace where) throws PlatformException {
        if (space == where && tracee != null) space.prepareTracee(this);
    }

    /** Either the owner sees the flag before it resumes, or we see the thread that it resumes. */
    @Override
    public void interrupt() {
        interrupted = true;
        Tracee t = inGuest;
        if (t != null) t.kick();
    }

    private void leave() {
        Tracee t = tracee;
        StubSpace from = space;
        tracee = null;
        space = null;
        if (t != null && from != null) from.detached(this, t);
    }

    private void lose() {
        Tracee t = tracee;
        StubSpace from = space;
        tracee = null;
        space = null;
        if (t != null && from != null) from.lost(this, t);
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) return;
        leave();
        placement.close();
        arena.close();
    }
}
