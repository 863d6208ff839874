package stasis.platform.stub;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import stasis.arch.Registers;

import java.lang.foreign.MemorySegment;

/**
 * This host's XSAVE area, Intel SDM vol. 1, 13.4, and how a foreign one becomes one that the host
 * accepts.
 *
 * <pre>
 *   0   2   FCW
 *  24   4   MXCSR
 *  28   4   MXCSR_MASK
 * 464   8   XCR0, by ptrace(2)
 * 512   8   XSTATE_BV
 * 520  56   must be zero
 * </pre>
 *
 * @param bytes length on this host
 * @param features XCR0
 * @param mxcsrMask bits that MXCSR may have
 */
public record XState(int bytes, long features, int mxcsrMask) {
    private static final int FCW = 0;
    private static final int MXCSR = 24;
    private static final int MXCSR_MASK = 28;
    private static final int XCR0 = 464;
    private static final int XSTATE_BV = 512;
    private static final int HEADER_END = 576;
    private static final short FCW_RESET = 0x37f;
    private static final int MXCSR_RESET = 0x1f80;

    /**
     * @param area as the host filled it
     */
    public static XState of(MemorySegment area, int bytes) {
        int mask = area.get(JAVA_INT, MXCSR_MASK);
        return new XState(bytes, area.get(JAVA_LONG, XCR0), mask == 0 ? 0xffbf : mask);
    }

    /** Fills {@code to}, of {@link #bytes} bytes, from what {@code registers} say. */
    public void fill(MemorySegment to, Registers registers) {
        to.asSlice(0, bytes).fill((byte) 0);
        int given = Math.min(registers.fpuBytes(), bytes);
        if (given < HEADER_END) {
            reset(to);
        } else {
            MemorySegment.copy(registers.fpu(), JAVA_BYTE, 0, to, JAVA_BYTE, 0, given);
            sanitize(to);
        }
    }

    private static void reset(MemorySegment area) {
        area.set(JAVA_SHORT, FCW, FCW_RESET);
        area.set(JAVA_INT, MXCSR, MXCSR_RESET);
        area.set(JAVA_LONG, XSTATE_BV, 3);
    }

    /** Leaves what the processor accepts. */
    public void sanitize(MemorySegment area) {
        area.set(JAVA_LONG, XSTATE_BV, area.get(JAVA_LONG, XSTATE_BV) & features);
        area.set(JAVA_INT, MXCSR, area.get(JAVA_INT, MXCSR) & mxcsrMask);
        area.asSlice(XSTATE_BV + 8, HEADER_END - XSTATE_BV - 8).fill((byte) 0);
    }

    /** Leaves only x87 and SSE, for a host that still does not accept the area. */
    public static void onlyLegacy(MemorySegment area) {
        area.set(JAVA_LONG, XSTATE_BV, area.get(JAVA_LONG, XSTATE_BV) & 3);
    }
}
