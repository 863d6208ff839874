package stasis.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.arch.asm.Assembler;
import stasis.arch.asm.Reg;

import java.lang.foreign.MemorySegment;

/** The processor's time stamp counter, read by ten bytes of machine code. */
public final class TimeStampCounter {
    private static final long CODE = code();

    private TimeStampCounter() {}

    /** {@code lfence; rdtsc} */
    public static long read() {
        return Host.callCode(CODE);
    }

    /** Written first, executable afterwards: never both. */
    private static long code() {
        byte[] code =
                new Assembler()
                        .lfence()
                        .rdtsc()
                        .shl(Reg.RDX, 32)
                        .or(Reg.RAX, Reg.RDX)
                        .ret()
                        .toBytes();
        long page = Host.syscall(Nr.MMAP, 0, 4096, 3, 0x22, -1, 0); // PRIVATE | ANONYMOUS
        if (Host.failed(page)) throw new IllegalStateException("no memory for machine code");
        MemorySegment at = MemorySegment.ofAddress(page).reinterpret(4096);
        MemorySegment.copy(code, 0, at, JAVA_BYTE, 0, code.length);
        if (Host.syscall(Nr.MPROTECT, page, 4096, 5) != 0) {
            throw new IllegalStateException("the host forbids executable memory");
        }
        return page;
    }
}
