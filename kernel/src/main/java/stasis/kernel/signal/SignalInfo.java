package stasis.kernel.signal;

import static stasis.abi.Signal.SIGBUS;
import static stasis.abi.Signal.SIGCHLD;
import static stasis.abi.Signal.SIGFPE;
import static stasis.abi.Signal.SIGILL;
import static stasis.abi.Signal.SIGSEGV;
import static stasis.abi.Signal.SIGTRAP;
import static stasis.abi.Signal.SI_KERNEL;
import static stasis.abi.Signal.SI_TIMER;
import static stasis.abi.Signal.SI_USER;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/**
 * {@code siginfo_t}, sigaction(2), {@code include/uapi/asm-generic/siginfo.h}.
 *
 * <pre>
 * offset  size  field
 *      0     4  si_signo
 *      4     4  si_errno   always 0 here
 *      8     4  si_code
 *     16     4  si_pid      kill, sigqueue, SIGCHLD; si_timerid for SI_TIMER
 *     20     4  si_uid      the same; si_overrun for SI_TIMER
 *     24     8  si_value    sigqueue, SI_TIMER; si_status (4 bytes) for SIGCHLD
 *     16     8  si_addr     SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP from the processor
 *    128        sizeof
 * </pre>
 */
@Saved("signal.SignalInfo")
public record SignalInfo(int signo, int code, int pid, int uid, long value, long addr) {
    public static final int BYTES = 128;

    /** kill(2) by {@code pid}, {@code uid}. */
    public static SignalInfo user(int signo, int pid, int uid) {
        return new SignalInfo(signo, SI_USER, pid, uid, 0, 0);
    }

    /** From the kernel itself. */
    public static SignalInfo kernel(int signo) {
        return new SignalInfo(signo, SI_KERNEL, 0, 0, 0, 0);
    }

    /** An exception of the processor. */
    public static SignalInfo fault(int signo, int code, long addr) {
        return new SignalInfo(signo, code, 0, 0, 0, addr);
    }

    /** SIGCHLD. */
    public static SignalInfo child(int code, int pid, int uid, int status) {
        return new SignalInfo(SIGCHLD, code, pid, uid, status & 0xffffffffL, 0);
    }

    /** timer_create(2): id and overrun where pid and uid are. */
    public static SignalInfo timer(int signo, int id, int overrun, long value) {
        return new SignalInfo(signo, SI_TIMER, id, overrun, value, 0);
    }

    private boolean hasAddress() {
        boolean processor =
                switch (signo) {
                    case SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP -> true;
                    default -> false;
                };
        return processor && code > 0 && code < SI_KERNEL;
    }

    /** Fills {@link #BYTES} bytes from {@code at} on. */
    public void write(MemorySegment to, long at) {
        MemorySegment s = to.asSlice(at, BYTES);
        s.fill((byte) 0);
        s.set(JAVA_INT.withByteAlignment(1), 0, signo);
        s.set(JAVA_INT.withByteAlignment(1), 8, code);
        if (hasAddress() || (code == SI_KERNEL && addr != 0)) {
            s.set(JAVA_LONG.withByteAlignment(1), 16, addr);
            return;
        }
        s.set(JAVA_INT.withByteAlignment(1), 16, pid);
        s.set(JAVA_INT.withByteAlignment(1), 20, uid);
        s.set(JAVA_LONG.withByteAlignment(1), 24, value);
    }

    public byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        write(MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    /** What rt_sigqueueinfo(2) was given. */
    public static SignalInfo read(int signo, byte[] bytes) {
        MemorySegment s = MemorySegment.ofArray(bytes);
        return new SignalInfo(
                signo,
                s.get(JAVA_INT.withByteAlignment(1), 8),
                s.get(JAVA_INT.withByteAlignment(1), 16),
                s.get(JAVA_INT.withByteAlignment(1), 20),
                s.get(JAVA_LONG.withByteAlignment(1), 24),
                0);
    }
}
