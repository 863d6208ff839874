package stasis.state.pages;

/** How pages are stored. */
public enum Compression {
    /** As they are, page-aligned: the file can be mapped as memory. */
    RAW,
    /** LZ4 in blocks of up to 64 KiB; a block that does not shrink is stored as it is. */
    LZ4
}
