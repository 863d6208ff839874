package stasis.kernel.mm;

import static stasis.abi.Mman.PROT_WRITE;

import org.jspecify.annotations.Nullable;

import stasis.kernel.mem.Mappable;
import stasis.kernel.vfs.FileDescription;
import stasis.state.Saved;

/**
 * A range of addresses with one kind of content and one set of rights. Guarded by the lock of its
 * memory map.
 */
@Saved("mm.Vma")
public final class Vma {
    long start;
    long end;

    /** PROT_* bits. */
    int prot;

    boolean shared;

    /** A stack: grows to lower addresses when touched just below. */
    boolean growsDown;

    /** MADV_DONTFORK. */
    boolean dontFork;

    /** MADV_WIPEONFORK. */
    boolean wipeOnFork;

    /** mlock(2); of no effect but in what /proc says. */
    boolean locked;

    /** What is mapped; null for private anonymous memory. */
    @Nullable Mappable mappable;

    /** Offset in {@link #mappable} of {@link #start}. */
    long offset;

    /** Keeps the open file alive; null for anonymous memory. */
    @Nullable FileDescription file;

    /** {@code [heap]}, {@code [stack]}, {@code [vdso]}; empty for others. */
    String name = "";

    /** How many pages the next fault brings in; see {@link PageFault}. */
    int ahead = PageFault.MIN_AHEAD;

    /** Where the last fault's pages ended: a fault just there is part of a sweep. */
    long sweep;

    /** Faults since the last fork that copied from {@link #mappable}. */
    int copies;

    private Vma() {}

    Vma(long start, long end, int prot) {
        this.start = start;
        this.end = end;
        this.prot = prot;
    }

    public long start() {
        return start;
    }

    public long end() {
        return end;
    }

    public int prot() {
        return prot;
    }

    public boolean shared() {
        return shared;
    }

    public long offset() {
        return offset;
    }

    public @Nullable FileDescription file() {
        return file;
    }

    public String name() {
        return name;
    }

    boolean writableShared() {
        return shared && (prot & PROT_WRITE) != 0;
    }

    /** A copy for {@code [from, to)}, which lies inside. Takes its own reference to the file. */
    Vma slice(long from, long to) {
        Vma v = new Vma(from, to, prot);
        v.shared = shared;
        v.growsDown = growsDown;
        v.dontFork = dontFork;
        v.wipeOnFork = wipeOnFork;
        v.locked = locked;
        v.mappable = mappable;
        v.offset = offset + (from - start);
        v.file = file == null ? null : file.acquire();
        v.name = name;
        return v;
    }

    /** True if {@code next}, which begins where this ends, could be part of this. */
    boolean continues(Vma next) {
        return end == next.start
                && prot == next.prot
                && shared == next.shared
                && growsDown == next.growsDown
                && dontFork == next.dontFork
                && wipeOnFork == next.wipeOnFork
                && locked == next.locked
                && mappable == next.mappable
                && file == next.file
                && name.equals(next.name)
                && (mappable == null || offset + (end - start) == next.offset);
    }
}
