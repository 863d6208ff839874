package stasis.arch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The registers of one guest thread in a form that no platform owns: a sandbox saved under one is
 * restored under another.
 *
 * <pre>
 * general   27 longs, {@code struct user_regs_struct} of {@code <sys/user.h>}
 * fpu       the XSAVE area in standard (not compacted) format, Intel SDM vol. 1, 13.4;
 *           XCR0 of the host that filled it at offset 464, as ptrace(2) NT_X86_XSTATE leaves it
 * </pre>
 *
 * Only the owning task's thread, or whoever has stopped it.
 */
@Saved("arch.Registers")
public final class Registers {
    public static final int R15 = 0;
    public static final int R14 = 8;
    public static final int R13 = 16;
    public static final int R12 = 24;
    public static final int RBP = 32;
    public static final int RBX = 40;
    public static final int R11 = 48;
    public static final int R10 = 56;
    public static final int R9 = 64;
    public static final int R8 = 72;
    public static final int RAX = 80;
    public static final int RCX = 88;
    public static final int RDX = 96;
    public static final int RSI = 104;
    public static final int RDI = 112;
    public static final int ORIG_RAX = 120;
    public static final int RIP = 128;
    public static final int CS = 136;
    public static final int EFLAGS = 144;
    public static final int RSP = 152;
    public static final int SS = 160;
    public static final int FS_BASE = 168;
    public static final int GS_BASE = 176;
    public static final int DS = 184;
    public static final int ES = 192;
    public static final int FS = 200;
    public static final int GS = 208;

    /** Bytes of {@link #general()}. */
    public static final int GENERAL_BYTES = 216;

    /** The largest XSAVE area that is kept. */
    public static final int FPU_MAX_BYTES = 16384;

    private static final int LONGS = GENERAL_BYTES / Long.BYTES;
    private static final long ALL = (1L << LONGS) - 1;

    private long[] general = new long[LONGS];

    /** A bit for each of {@link #general} that was set since a platform has filled them. */
    @NotSaved("all of them, after a restore")
    private long changed = ALL;

    @NotSaved("allocated on first use; a copy of savedFpu")
    private @org.jspecify.annotations.Nullable MemorySegment fpu;

    @NotSaved("true after a restore")
    private boolean fpuChanged;

    /** Bytes of the XSAVE area in use; 0: the processor's reset state. */
    private int fpuBytes;

    private byte[] savedFpu = {};

    public Registers() {}

    public long get(int register) {
        return general[register >> 3];
    }

    public void set(int register, long value) {
        general[register >> 3] = value;
        changed |= bit(register);
    }

    /** All general registers become 0. */
    public void clearGeneral() {
        Arrays.fill(general, 0);
        changed = ALL;
    }

    private static long bit(int register) {
        return 1L << (register >> 3);
    }

    /** For platforms: the 27 general registers; who fills them says {@link #generalLoaded}. */
    public long[] general() {
        return general;
    }

    /** Says that {@link #general()} now mirrors the processor. */
    public void generalLoaded() {
        changed = 0;
    }

    /** Whether a call's result is all that was set since {@link #generalLoaded}. */
    public boolean onlyResultChanged() {
        return (changed & ~(bit(RAX) | bit(ORIG_RAX))) == 0;
    }

    /** For platforms and signal frames: room for an XSAVE area, 64-byte aligned. */
    public MemorySegment fpu() {
        MemorySegment area = fpu;
        if (area == null) {
            area = Arena.ofAuto().allocate(FPU_MAX_BYTES, 64);
            fpu = area;
        }
        return area;
    }

    public int fpuBytes() {
        return fpuBytes;
    }

    /** Says that the first {@code bytes} of {@link #fpu()} now mirror the processor. */
    public void fpuLoaded(int bytes) {
        fpuBytes = bytes;
        fpuChanged = false;
    }

    /** Says that {@link #fpu()} was changed and must reach the processor before user code runs. */
    public void fpuChanged(int bytes) {
        fpuBytes = bytes;
        fpuChanged = true;
    }

    public boolean isFpuChanged() {
        return fpuChanged;
    }

    /** Everything of {@code other}, the FPU marked as changed. */
    public void copyFrom(Registers other) {
        System.arraycopy(other.general, 0, general, 0, LONGS);
        changed = ALL;
        MemorySegment theirs = other.fpu;
        if (other.fpuBytes > 0 && theirs != null) {
            MemorySegment.copy(theirs, 0, fpu(), 0, other.fpuBytes);
        }
        fpuChanged(other.fpuBytes);
    }

    @BeforeSave
    private void freeze() {
        savedFpu = fpuBytes == 0 ? new byte[0] : fpu().asSlice(0, fpuBytes).toArray(JAVA_BYTE);
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        if (general.length != LONGS || savedFpu.length != fpuBytes || fpuBytes > FPU_MAX_BYTES) {
            throw new IllegalArgumentException("register file of the wrong size");
        }
        changed = ALL;
        if (fpuBytes > 0) MemorySegment.copy(savedFpu, 0, fpu(), JAVA_BYTE, 0, fpuBytes);
        fpuChanged = true;
    }
}
