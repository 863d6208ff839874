package stasis.platform.systrap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A copy of a page of code in which calls are jumps. It never changes: one more site is one more
 * copy. Guest memory itself, which the kernel reads and images hold, stays as it is.
 */
final class PatchedPage {
    /** Byte of {@code jmp rel32}. */
    private static final int JMP = 0xe9;

    /**
     * Which page it stands for. A jump depends on where the page is mapped.
     *
     * @param addr in the process
     * @param original offset in guest memory
     */
    record Key(long addr, long original) {}

    final Key key;

    /** Offset in the memory file, behind what guests have. */
    final long offset;

    final List<Trampolines.Slot> slots;

    /** What the original held when this was made. */
    private final MemorySegment pristine;

    /** Processes that have it mapped. Guarded by the lock of {@link PatchedPages}. */
    int users;

    /**
     * @param original the page as it is now
     * @param copy where the patched one is made
     */
    PatchedPage(
            Key key,
            long offset,
            List<Trampolines.Slot> slots,
            MemorySegment original,
            MemorySegment copy) {
        this.key = key;
        this.offset = offset;
        this.slots = slots;
        pristine = MemorySegment.ofArray(original.toArray(JAVA_BYTE));
        copy.copyFrom(pristine);
        for (Trampolines.Slot slot : slots) {
            int at = slot.key().site().at();
            copy.set(JAVA_BYTE, at, (byte) JMP);
            copy.set(JAVA_INT_UNALIGNED, at + 1, Trampolines.distance(slot));
        }
    }

    boolean isCopyOf(MemorySegment original) {
        return pristine.mismatch(original) == -1;
    }

    boolean patches(SyscallSite site) {
        for (Trampolines.Slot slot : slots) {
            if (slot.key().site().equals(site)) return true;
        }
        return false;
    }

    /** Whether the jumps of two sites would share bytes, or one destroy what the other needs. */
    boolean conflicts(SyscallSite site) {
        for (Trampolines.Slot slot : slots) {
            SyscallSite other = slot.key().site();
            if (site.at() < other.end() && other.at() < site.end()) return true;
        }
        return false;
    }
}
