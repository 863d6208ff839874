package stasis.arch;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

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

    @NotSaved("a copy of savedGeneral")
    private final MemorySegment general = Arena.ofAuto().allocate(GENERAL_BYTES, 16);

    @NotSaved("allocated on first use; a copy of savedFpu")
    private @org.jspecify.annotations.Nullable MemorySegment fpu;

    @NotSaved("true after a restore")
    private boolean fpuChanged;

    /** Bytes of the XSAVE area in use; 0: the processor's reset state. */
    private int fpuBytes;

    private long[] savedGeneral = {};
    private byte[] savedFpu = {};

    public Registers() {}

    public long get(int register) {
        return general.get(JAVA_LONG, register);
    }

    public void set(int register, long value) {
        general.set(JAVA_LONG, register, value);
    }

    /** For platforms: the 27 general registers, {@link #GENERAL_BYTES} long, 16-byte aligned. */
    public MemorySegment general() {
        return general;
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
        general.copyFrom(other.general);
        MemorySegment theirs = other.fpu;
        if (other.fpuBytes > 0 && theirs != null) {
            MemorySegment.copy(theirs, 0, fpu(), 0, other.fpuBytes);
        }
        fpuChanged(other.fpuBytes);
    }

    @BeforeSave
    private void freeze() {
        savedGeneral = general.toArray(JAVA_LONG);
        savedFpu = fpuBytes == 0 ? new byte[0] : fpu().asSlice(0, fpuBytes).toArray(JAVA_BYTE);
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        if (savedGeneral.length * 8 != GENERAL_BYTES
                || savedFpu.length != fpuBytes
                || fpuBytes > FPU_MAX_BYTES) {
            throw new IllegalArgumentException("register file of the wrong size");
        }
        MemorySegment.copy(savedGeneral, 0, general, JAVA_LONG, 0, savedGeneral.length);
        if (fpuBytes > 0) MemorySegment.copy(savedFpu, 0, fpu(), JAVA_BYTE, 0, fpuBytes);
        fpuChanged = true;
    }
}
