package stasis.platform;

import java.lang.foreign.MemorySegment;

/**
 * A memory file as it was at a moment, for whoever reads it while the sandbox goes on. Ends in two
 * steps, {@link #unseal} and {@link #close}; between them the caller sees to it that nobody maps a
 * place that was left.
 */
public interface SealedMemory {
    /** All of the memory file as it was, read-only, until {@link #close}. Any thread. */
    MemorySegment mapping();

    /** As {@link MemoryFile#nextData}, of what was sealed. */
    long nextData(long from);

    /** As {@link MemoryFile#nextHole}, of what was sealed. */
    long nextHole(long from);

    /** Whether the page at {@code offset} lies elsewhere now than it did. */
    boolean hasMoved(long offset);

    /** Bytes that were copied because somebody was going to write. */
    long copied();

    /** Pages that were not copied may be written in place again. */
    void unseal();

    /**
     * Gives back the memory of pages that have moved. Precondition: unsealed, and no address space
     * maps the places that they had.
     */
    void close();
}
