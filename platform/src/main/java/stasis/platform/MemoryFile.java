package stasis.platform;

import java.lang.foreign.MemorySegment;

/**
 * All guest memory of a sandbox, sparse, mapped whole into the sentry. Where a page lies in host
 * files is nobody's business but the platform's; its offset never changes.
 */
public interface MemoryFile {
    /** Bytes; a multiple of 2 MiB. Nothing is allocated until it is touched. */
    long size();

    /** The whole file, readable and writable by the sentry. */
    MemorySegment mapping();

    /**
     * Gives pages back to the host; they read as zero again. Offsets and lengths in whole pages.
     */
    void punch(long offset, long length);

    /**
     * First offset at or after {@code from} that may hold something other than zeroes, or {@link
     * #size()} if there is none (lseek(2) SEEK_DATA).
     */
    long nextData(long from);

    /** First offset at or after {@code from} that certainly reads as zero (SEEK_HOLE). */
    long nextHole(long from);

    /** Whether the platform was opened over a base; see {@link #layOver}. */
    default boolean hasBase() {
        return false;
    }

    /**
     * The content of the base from {@code place} on becomes what memory has at {@code offset},
     * which was never touched; sealed, and the same memory of the host for all who have that base.
     * In ascending order, before anybody reads or maps memory.
     */
    default void layOver(long offset, long length, long place) {
        throw new UnsupportedOperationException();
    }

    /**
     * Everything below {@code end} stays as it is for the reader of what this returns, while pages
     * are written elsewhere: after {@link #makeWritable}. Takes time for what the sentry has
     * mapped, not for the memory's size.
     *
     * <p>Precondition: nobody writes; no seal is still open. Mappings of address spaces with the
     * right to write must be without it before user code runs again.
     */
    default SealedMemory seal(long end) {
        throw new UnsupportedOperationException();
    }

    /** From {@link #seal} until that is closed, or where there is a base. */
    default boolean hasSeal() {
        return false;
    }

    /** Whether {@link #makeWritable} is needed before the page at {@code offset} is written. */
    default boolean isSealed(long offset) {
        return false;
    }

    /**
     * Moves pages to where they can be written; what is mapped in address spaces still shows them
     * as they were, and is for the caller to replace. Neighbours may be moved with them. Any
     * thread; content stays.
     */
    default void makeWritable(long offset, long length) {}
}
