package stasis.kernel.mem;

import stasis.abi.ErrnoException;
import stasis.state.SavedKind;

/** What mmap(2) can map: a file's pages, or memory shared between processes. */
@SavedKind
public interface Mappable {
    /**
     * Where in guest memory the page lies that holds {@code fileOffset} (a multiple of the page
     * size); the page has one more reference for the caller to give back by {@link
     * GuestMemory#release}.
     *
     * @param forWrite the page will be written through a shared mapping
     * @throws ErrnoException EFAULT beyond the end of the file (the guest gets SIGBUS); EIO
     */
    long page(long fileOffset, boolean forWrite) throws ErrnoException;

    /**
     * What {@link #page} would answer for reading, page by page, as far as that takes no allocation
     * and no reading.
     *
     * @param found page numbers, each with one more reference, or 0 where there is none at hand
     */
    default void pagesAtHand(long fileOffset, int[] found) {}

    /** Whether the sentry writes these pages while user code looks at them. */
    default boolean isWrittenInPlace() {
        return false;
    }

    /** A mapping of pages {@code [fileOffset, fileOffset + length)} came into being. */
    void mapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writableShared);

    /** It is gone. Called once for each {@link #mapped}, or for parts of one. */
    void unmapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writableShared);

    /** msync(2), and before a shared mapping goes: brings dirty pages to where they belong. */
    void sync(long fileOffset, long length) throws ErrnoException;
}
