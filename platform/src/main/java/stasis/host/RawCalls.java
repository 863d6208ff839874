package stasis.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.arch.asm.Assembler;
import stasis.arch.asm.Reg;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Two method handles of one shape, seven longs to a long: every further shape would cost 15 ms at
 * start. One calls C functions by address; the other leads to 25 bytes that make the raw system
 * call, whose result is -errno by itself: nothing has to be captured, and no buffer belongs to a
 * thread.
 */
final class RawCalls {
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG);

    /** {@code (address, 7 longs) -> long}; a C function ignores what it does not take. */
    static final MethodHandle C = Linker.nativeLinker().downcallHandle(SHAPE);

    /** {@code (nr, 6 longs) -> long} */
    static final MethodHandle SYSCALL = Linker.nativeLinker().downcallHandle(machineCode(), SHAPE);

    private RawCalls() {}

    static MemorySegment symbol(String name) {
        return Linker.nativeLinker()
                .defaultLookup()
                .find(name)
                .orElseThrow(() -> new IllegalStateException("libc has no " + name));
    }

    /** Written first, executable afterwards: never both. */
    private static MemorySegment machineCode() {
        byte[] code = code();
        long page = viaLibc(Nr.MMAP, 0, 4096, 3, 0x22, -1, 0); // PRIVATE | ANONYMOUS
        if (page == -1) throw new IllegalStateException("no memory for 25 bytes of code");
        MemorySegment at = MemorySegment.ofAddress(page).reinterpret(4096);
        MemorySegment.copy(code, 0, at, JAVA_BYTE, 0, code.length);
        if (viaLibc(Nr.MPROTECT, page, 4096, 5, 0, 0, 0) != 0) {
            throw new IllegalStateException("the host forbids executable memory");
        }
        return at;
    }

    private static byte[] code() {
        return new Assembler()
                .mov(Reg.RAX, Reg.RDI)
                .mov(Reg.RDI, Reg.RSI)
                .mov(Reg.RSI, Reg.RDX)
                .mov(Reg.RDX, Reg.RCX)
                .mov(Reg.R10, Reg.R8)
                .mov(Reg.R8, Reg.R9)
                .load(Reg.R9, Reg.RSP, 8)
                .syscall()
                .ret()
                .toBytes();
    }

    private static long viaLibc(long nr, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) C.invokeExact(symbol("syscall"), nr, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
