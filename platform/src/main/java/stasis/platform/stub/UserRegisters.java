package stasis.platform.stub;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.arch.Registers;

import java.lang.foreign.MemorySegment;

/** What user code's registers may hold, {@code arch/x86/kernel/ptrace.c}. */
public final class UserRegisters {
    public static final long CS = 0x33;
    public static final long SS = 0x2b;

    /** IF and the bit that is always one. */
    public static final long EFLAGS = 0x202;

    /** CF PF AF ZF SF TF DF OF NT RF AC ID */
    private static final long EFLAGS_OF_USERS = 0x254dd5;

    private UserRegisters() {}

    /** Gives {@code general} values that the host accepts, as far as they are not addresses. */
    public static void sanitize(MemorySegment general) {
        general.set(JAVA_LONG, Registers.CS, CS);
        general.set(JAVA_LONG, Registers.SS, SS);
        general.set(JAVA_LONG, Registers.ORIG_RAX, -1);
        general.set(JAVA_LONG, Registers.EFLAGS, flags(general.get(JAVA_LONG, Registers.EFLAGS)));
        selector(general, Registers.DS);
        selector(general, Registers.ES);
        selector(general, Registers.FS);
        selector(general, Registers.GS);
    }

    /** What user code may have of {@code flags}. */
    public static long flags(long flags) {
        return flags & EFLAGS_OF_USERS | EFLAGS;
    }

    /** What a new program starts with. */
    public static void reset(Registers registers) {
        registers.clearGeneral();
        registers.set(Registers.CS, CS);
        registers.set(Registers.SS, SS);
        registers.set(Registers.EFLAGS, EFLAGS);
        registers.set(Registers.ORIG_RAX, -1);
        registers.fpuChanged(0);
    }

    /** A selector that is not of privilege 3 is EIO. */
    private static void selector(MemorySegment general, int register) {
        long value = general.get(JAVA_LONG, register) & 0xffff;
        general.set(JAVA_LONG, register, (value & 3) == 3 ? value : 0);
    }

    /** Signals that the processor raises: SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS. */
    public static boolean isFatal(int signal) {
        return switch (signal) {
            case 4, 5, 7, 8, 11, 31 -> true;
            default -> false;
        };
    }
}
