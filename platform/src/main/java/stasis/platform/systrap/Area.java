package stasis.platform.systrap;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.host.Host;
import stasis.host.Nr;
import stasis.platform.stub.TablePages;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What one guest thread and its sentry thread share: 64 KiB, writable by the guest. Everything read
 * from here is a claim of guest code. Who uses a value twice reads it once.
 *
 * <p>What changes hands together shares a cache line: a patched call moves three lines to the
 * sentry and one back.
 *
 * <pre>
 *    0   4  WORD        0: the stub's turn, 1: the sentry's; ENDED: the address space is gone
 *    4   4  STUB_SLEEPS
 *    8   4  INTERRUPT   user code must not be entered
 *   12   4  SPIN        how often the stub looks at WORD before it sleeps
 *   16   4  ORDER       how the stub goes on
 *   20   4  KIND        why it stopped
 *   24   8  RESULT      what rax becomes
 *   32   8  FS_BASE
 *   64   4  SENTRY_SLEEPS
 *  132   4  SIGNAL
 *  136   8  FPU_AT      address of the thread's XSAVE area: in a signal frame, or FPU
 *  152   8  GS_BASE
 *  160  32  SIGINFO
 *  192   8  SELF        the area's address in the stub
 *  200   8  GO_TO       where a patched call goes on
 *  256 184  REGISTERS   from r8 on as in struct sigcontext, asm/sigcontext.h
 *  520  24  STACK       stack_t of the alternate stack
 * 4096      FPU         an XSAVE area that the sentry writes
 * 0x4000    alternate stack: signal frames
 * 0xe000    end of the stack of the stub's code outside the handler; room for one frame above
 * </pre>
 */
final class Area {
    static final int BYTES = 0x10000;
    static final int WORD = 0;
    static final int STUB_SLEEPS = 4;
    static final int ORDER = 16;
    static final int SENTRY_SLEEPS = 64;
    static final int INTERRUPT = 8;
    static final int SPIN = 12;
    static final int KIND = 20;
    static final int RESULT = 24;
    static final int SIGNAL = 132;
    static final int FPU_AT = 136;
    static final int FS_BASE = 32;
    static final int GS_BASE = 152;
    static final int REGISTERS = 256;
    static final int SIGINFO = 160;
    static final int SELF = 192;
    static final int GO_TO = 200;
    static final int STACK = 520;
    static final int FPU = 0x1000;
    static final int ALTERNATE_STACK = 0x4000;
    static final int STACK_END = 0xe000;

    /** Longs of {@code struct sigcontext} from r8 to cr2. */
    static final int REGISTER_LONGS = 23;

    /** {@link #WORD} */
    static final int STUB = 0;

    static final int SENTRY = 1;
    static final int ENDED = 2;

    /** {@link #KIND}: it has never run, or is between two guest threads. */
    static final int READY = 0;

    /** A signal in guest code; everything is in the area. */
    static final int STOPPED = 1;

    /** An interruption on the way out; REGISTERS are still what the sentry wrote. */
    static final int NOT_ENTERED = 2;

    /** The same, seen without a signal: the FPU is in the processor. */
    static final int TURNED_BACK = 5;

    /** The stub itself faulted, for values that cannot be, or because guest code jumped there. */
    static final int STUB_FAULT = 3;

    /**
     * A call from a patched site; the FPU is in the processor. Instruction pointer and flags are
     * where a call leaves them, in rcx and r11.
     */
    static final int CALLED = 4;

    /** {@link #ORDER}, after {@link #CALLED}: everything but rax is as it was. */
    static final int RETURN = 0;

    /** All general registers and bases are in the area, the FPU is in the processor. */
    static final int LOAD_REGISTERS = 1;

    /** Registers and the FPU at {@link #FPU_AT}. */
    static final int LOAD_ALL = 2;

    /** To write the FPU to {@link #FPU} and hand over again; it stays in the processor. */
    static final int SAVE_FPU = 3;

    /**
     * Of buffers, not of segments: that takes a fifth of the time in code that is not optimized.
     */
    private static final VarHandle INT =
            MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int ETIMEDOUT = 110;
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;

    /** Its number among all areas, which gives its address in the stub. */
    final int number;

    private final MemorySegment at;

    /** {@link #at} */
    private final ByteBuffer bytes;

    private final long hostAddr;

    Area(int number, MemorySegment at) {
        this.number = number;
        this.at = at;
        bytes = at.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        hostAddr = at.address();
    }

    /** Its address in the stub. */
    long stubAddr() {
        return SystrapCode.AREAS + (long) number * BYTES;
    }

    /** Where in the file of shared pages. */
    long fileOffset() {
        return TablePages.SHARED + SystrapCode.TRAMPOLINES_BYTES + (long) number * BYTES;
    }

    /** Of a new thread; everything else is zero. */
    void initialize() {
        at.asSlice(0, FPU).fill((byte) 0); // it was zeroed; what a stub acts on is made sure of
        at.set(JAVA_LONG, SELF, stubAddr());
        at.set(JAVA_LONG, STACK, stubAddr() + ALTERNATE_STACK);
        at.set(JAVA_LONG, STACK + 16, BYTES - ALTERNATE_STACK);
    }

    MemorySegment memory() {
        return at;
    }

    int getInt(int field) {
        return bytes.getInt(field);
    }

    void setInt(int field, int value) {
        bytes.putInt(field, value);
    }

    /** Leaves the cache line alone if there is nothing to change. */
    void updateInt(int field, int value) {
        if (getInt(field) != value) setInt(field, value);
    }

    long getLong(int field) {
        return bytes.getLong(field);
    }

    void setLong(int field, long value) {
        bytes.putLong(field, value);
    }

    /** The first {@code n} of {@code to} from {@code field} on. */
    void getLongs(int field, long[] to, int n) {
        MemorySegment.copy(at, JAVA_LONG, field, to, 0, n);
    }

    void setLongs(int field, long[] from, int n) {
        MemorySegment.copy(from, 0, at, JAVA_LONG, field, n);
    }

    /** Whose turn it is. */
    int word() {
        return (int) INT.getAcquire(bytes, WORD);
    }

    /** Any thread. The stub will not enter user code without a stop. */
    void requestStop() {
        INT.setVolatile(bytes, INTERRUPT, 1);
    }

    /** Gives the turn to the stub; true if that had to be woken. */
    boolean handOver() {
        INT.setVolatile(bytes, WORD, STUB);
        if ((int) INT.getVolatile(bytes, STUB_SLEEPS) == 0) return false;
        wake();
        return true;
    }

    /** Looks at most {@code n} times; true if it has become the sentry's turn. */
    boolean spin(int n) {
        for (int i = 0; i < n; i++) {
            int turn = word();
            if (turn != STUB) return turn == SENTRY;
            Thread.onSpinWait();
        }
        return false;
    }

    /** Any thread. Nobody has to wait for the stub any more. */
    void end() {
        INT.setVolatile(bytes, WORD, ENDED);
        wake();
    }

    /**
     * Sleeps until the turn is not the stub's, or for the time at {@code timespecAddr}; true if
     * that has passed.
     */
    boolean sleep(long timespecAddr) {
        long result = 0;
        INT.setVolatile(bytes, SENTRY_SLEEPS, 1);
        if ((int) INT.getVolatile(bytes, WORD) == STUB) {
            result = Host.syscall(Nr.FUTEX, hostAddr, FUTEX_WAIT, STUB, timespecAddr, 0, 0);
        }
        INT.setVolatile(bytes, SENTRY_SLEEPS, 0);
        return result == -ETIMEDOUT;
    }

    private void wake() {
        Host.syscall(Nr.FUTEX, hostAddr, FUTEX_WAKE, Integer.MAX_VALUE, 0, 0, 0);
    }
}
