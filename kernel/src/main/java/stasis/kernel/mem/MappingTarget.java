package stasis.kernel.mem;

import stasis.state.SavedKind;

/** A memory map that must be told when pages of what it maps go away (truncation, copy-up). */
@SavedKind
public interface MappingTarget {
    /**
     * Drops whatever pages are in place in {@code [addr, addr + length)}; the next touch asks the
     * {@link Mappable} again. Private copies stay if {@code keepPrivate}.
     */
    void invalidate(long addr, long length, boolean keepPrivate);

    /**
     * Pages of the file in {@code [addr, addr + length)} were written: drops those that a private
     * mapping still has as they were when memory was sealed.
     */
    default void refresh(long addr, long length) {}
}
