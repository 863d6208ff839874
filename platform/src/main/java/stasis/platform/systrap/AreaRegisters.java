package stasis.platform.systrap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.arch.Registers;
import stasis.platform.Stop;
import stasis.platform.stub.StubCode;
import stasis.platform.stub.UserRegisters;
import stasis.platform.stub.XState;

import java.lang.foreign.MemorySegment;

/**
 * What stands in the area of a context, as registers and stops. Every value is copied once and then
 * judged; the worst that guest code gains by writing there is what it could have put into its own
 * registers.
 */
final class AreaRegisters {
    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGSEGV = 11;
    private static final int SIGURG = 23;
    private static final int SIGSYS = 31;
    private static final int SEGV_MAPERR = 1;
    private static final int SEGV_ACCERR = 2;
    private static final int SI_KERNEL = 0x80;
    private static final int AUDIT_ARCH_X86_64 = 0xc000_003e;

    /** {@code TASK_SIZE_MAX}: bases from here on are refused by the host. */
    private static final long TASK_SIZE = 0x7fff_ffff_f000L;

    /** XFEATURE_XTILECFG and XTILEDATA, which no guest has been given. */
    static final long AMX = 3L << 17;

    private static final int XCR0 = 464;
    private static final int MAGIC = 464;
    private static final int MAGIC1 = 0x46505853;
    private static final int XSTATE_SIZE = 480;
    private static final int FPU_MIN_BYTES = 576;

    /** The order of {@code struct sigcontext} from r8 on. */
    private static final int[] ORDER = {
        Registers.R8,
        Registers.R9,
        Registers.R10,
        Registers.R11,
        Registers.R12,
        Registers.R13,
        Registers.R14,
        Registers.R15,
        Registers.RDI,
        Registers.RSI,
        Registers.RBP,
        Registers.RBX,
        Registers.RDX,
        Registers.RAX,
        Registers.RCX,
        Registers.RSP,
        Registers.RIP,
        Registers.EFLAGS
    };

    /** So many of {@link #ORDER} are there after a patched call: up to rsp. */
    private static final int CALL_KEEPS = 16;

    private static final int RAX_AT = Area.REGISTERS + 104;
    private static final int RIP_AT = Area.REGISTERS + 128;
    private static final int EFLAGS_AT = Area.REGISTERS + 136;
    private static final int TRAP_FLAG = 0x100;

    private final XState xstate;

    private final SystrapCode code;
    private final Trampolines trampolines;

    /** The FPU is in the processor, and not in the area. */
    private boolean isFpuLive;

    /** Registers that the area holds are in the processor as well, so far as a call keeps them. */
    private boolean areRegistersLive;

    /** The area holds what the registers were when they were last read from it. */
    private boolean isKnown;

    /** Registers on their way, in the order of {@link #ORDER}. */
    private final long[] moving = new long[ORDER.length];

    AreaRegisters(XState host, SystrapCode code, Trampolines trampolines) {
        this.code = code;
        this.trampolines = trampolines;
        xstate = new XState(host.bytes(), host.features() & ~AMX, host.mxcsrMask());
    }

    // ---- to the stub

    /** The next ones go to another area. */
    void forget() {
        isKnown = false;
        isFpuLive = false;
        areRegistersLive = false;
    }

    /** False if they hold what the host would not accept. */
    boolean write(Area area, SystrapAddressSpace space, Registers registers) {
        boolean same = isKnown && registers.onlyResultChanged();
        if (same && areRegistersLive && isFpuLive && !isTracing(registers)) {
            area.setLong(Area.RESULT, registers.get(Registers.RAX));
            area.updateInt(Area.ORDER, Area.RETURN);
            return true;
        }
        if (same && !areRegistersLive) {
            area.setLong(RAX_AT, registers.get(Registers.RAX));
        } else if (!writeAll(area, space, registers)) {
            return false;
        }
        area.updateInt(Area.ORDER, isFpuLive ? Area.LOAD_REGISTERS : Area.LOAD_ALL);
        return true;
    }

    /** A trap would be taken in the stub. */
    private static boolean isTracing(Registers registers) {
        return (registers.get(Registers.EFLAGS) & TRAP_FLAG) != 0;
    }

    private boolean writeAll(Area area, SystrapAddressSpace space, Registers registers) {
        areRegistersLive = false;
        long fs = registers.get(Registers.FS_BASE);
        long gs = registers.get(Registers.GS_BASE);
        if (!isBase(fs) || !isBase(gs)) return false;
        for (int i = 0; i < ORDER.length; i++) moving[i] = registers.get(ORDER[i]);
        area.setLongs(Area.REGISTERS, moving, ORDER.length);
        area.setLong(EFLAGS_AT, UserRegisters.flags(registers.get(Registers.EFLAGS)));
        area.setLong(RIP_AT, space.entry(registers.get(Registers.RIP)));
        area.setLong(Area.FS_BASE, fs);
        if (gs != 0) space.neverPatch();
        area.setLong(Area.GS_BASE, gs == 0 ? ownBase(area) : gs);
        return true;
    }

    private static boolean isBase(long base) {
        return base >= 0 && base < TASK_SIZE;
    }

    /** What stands for a base of 0: patched calls find the area by it. */
    private static long ownBase(Area area) {
        return area.stubAddr() - SystrapCode.GS_BIAS;
    }

    void writeFpu(Area area, Registers registers) {
        isFpuLive = false;
        xstate.fill(area.memory().asSlice(Area.FPU, xstate.bytes()), registers);
        area.setLong(Area.FPU_AT, area.stubAddr() + Area.FPU);
    }

    // ---- from the stub

    /** Why it stopped. Fills {@code registers} unless it never entered user code. */
    Stop stop(Area area, SystrapAddressSpace space, Registers registers) {
        int kind = area.getInt(Area.KIND);
        isFpuLive = kind == Area.CALLED || kind == Area.TURNED_BACK;
        boolean wereLive = areRegistersLive;
        areRegistersLive = kind == Area.CALLED;
        return switch (kind) {
            case Area.CALLED -> called(area, registers);
            case Area.STOPPED -> stopped(area, space, registers);
            case Area.NOT_ENTERED, Area.TURNED_BACK -> {
                if (wereLive) isKnown = false; // the area does not hold them all
                yield Stop.INTERRUPTED;
            }
            default -> new Stop.Fault(SIGSEGV, SI_KERNEL, 0);
        };
    }

    /** By a jump instead of a call. */
    private Stop called(Area area, Registers registers) {
        readGeneral(area, registers, CALL_KEEPS);
        registers.set(Registers.RIP, registers.get(Registers.RCX));
        registers.set(Registers.EFLAGS, registers.get(Registers.R11));
        registers.set(Registers.FS_BASE, area.getLong(Area.FS_BASE));
        registers.set(Registers.ORIG_RAX, registers.get(Registers.RAX));
        known(registers);
        return Stop.SYSCALL;
    }

    private void known(Registers registers) {
        registers.generalLoaded();
        isKnown = true;
    }

    private Stop stopped(Area area, SystrapAddressSpace space, Registers registers) {
        read(area, registers);
        known(registers);
        int signal = area.getInt(Area.SIGNAL);
        int code = area.getInt(Area.SIGINFO + 8);
        if (leaveStub(registers, signal)) return Stop.SYSCALL;
        if (signal == SIGILL && space.isBehindCall(registers.get(Registers.RIP))) {
            isKnown = false; // it goes on where the comparison is now
            return Stop.INTERRUPTED;
        }
        if (signal == SIGURG || code <= 0) return Stop.INTERRUPTED; // or somebody outside sent it
        long addr = area.getLong(Area.SIGINFO + 16);
        if (signal == SIGSYS) return call(area, space, registers);
        if (signal == SIGSEGV && code == SEGV_MAPERR) return new Stop.PageFault(addr, false);
        if (signal == SIGSEGV && code == SEGV_ACCERR) return new Stop.PageFault(addr, true);
        if (!UserRegisters.isFatal(signal)) return Stop.INTERRUPTED;
        return new Stop.Fault(signal, code, signal == SIGTRAP || code == SI_KERNEL ? 0 : addr);
    }

    /**
     * What the guest has done when it stands in code that its own was replaced by. True if that is
     * a call: its GS base was not its area's.
     */
    private boolean leaveStub(Registers registers, int signal) {
        long rip = registers.get(Registers.RIP);
        if (rip >= StubCode.GUEST_START && rip < StubCode.GUEST_END) return false;
        if (rip == code.called() || rip == code.calledWithTail()) {
            registers.set(Registers.RIP, registers.get(Registers.RCX));
            registers.set(Registers.ORIG_RAX, registers.get(Registers.RAX));
            return signal != SIGURG;
        }
        registers.set(Registers.RIP, trampolines.original(rip));
        return false;
    }

    private void read(Area area, Registers registers) {
        readGeneral(area, registers, ORDER.length);
        registers.set(Registers.FS_BASE, area.getLong(Area.FS_BASE));
        long gs = area.getLong(Area.GS_BASE);
        registers.set(Registers.GS_BASE, gs == ownBase(area) ? 0 : gs);
    }

    /** The first {@code n} of {@link #ORDER}. */
    private void readGeneral(Area area, Registers registers, int n) {
        area.getLongs(Area.REGISTERS, moving, n);
        long[] to = registers.general();
        for (int i = 0; i < n; i++) to[ORDER[i] >> 3] = moving[i];
        registers.set(Registers.CS, UserRegisters.CS);
        registers.set(Registers.SS, UserRegisters.SS);
        registers.set(Registers.ORIG_RAX, -1);
    }

    /**
     * The vsyscall page's calls have been returned from already; an {@code int 0x80} faults as on a
     * host without i386 support.
     */
    private static Stop call(Area area, SystrapAddressSpace space, Registers registers) {
        int number = area.getInt(Area.SIGINFO + 24);
        int arch = area.getInt(Area.SIGINFO + 28);
        if (arch != AUDIT_ARCH_X86_64) {
            registers.set(Registers.RIP, registers.get(Registers.RIP) - 2); // differs from known
            return new Stop.Fault(SIGSEGV, SI_KERNEL, 0);
        }
        long rax = registers.get(Registers.RAX);
        if ((int) rax != number) rax = number;
        registers.set(Registers.RAX, rax);
        registers.set(Registers.ORIG_RAX, rax);
        if (space.counts.isHot(registers.get(Registers.RIP))) space.patch(registers);
        return Stop.SYSCALL;
    }

    boolean isFpuLive() {
        return isFpuLive;
    }

    /** The area's FPU as ptrace(2) would give it. Precondition: it is there. */
    void readFpu(Area area, Registers registers) {
        MemorySegment to = registers.fpu().asSlice(0, xstate.bytes());
        long at = area.getLong(Area.FPU_AT) - area.stubAddr();
        if (at < 0 || at > Area.BYTES - FPU_MIN_BYTES) {
            registers.fpuChanged(0); // guest code has written there
            return;
        }
        // In a frame, the host saves no more than the thread may use.
        long bytes = Math.min(xstate.bytes(), Area.BYTES - at);
        MemorySegment.copy(area.memory(), JAVA_BYTE, at, to, JAVA_BYTE, 0, bytes);
        int size = to.get(JAVA_INT, XSTATE_SIZE);
        boolean inFrame = to.get(JAVA_INT, MAGIC) == MAGIC1 && size >= FPU_MIN_BYTES;
        to.asSlice(inFrame ? Math.min(size, bytes) : bytes).fill((byte) 0);
        xstate.sanitize(to);
        to.asSlice(MAGIC, 48).fill((byte) 0);
        to.set(JAVA_LONG, XCR0, xstate.features());
        registers.fpuLoaded(xstate.bytes());
    }
}
