package stasis.platform;

import java.lang.foreign.MemorySegment;

/**
 * The one sparse host file that holds all guest memory of a sandbox, mapped whole into the sentry.
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
}
