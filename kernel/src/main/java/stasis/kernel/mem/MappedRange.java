package stasis.kernel.mem;

import stasis.state.Saved;

/** Where a part of a file is mapped: {@code [fileOffset, fileOffset + length)} at {@code addr}. */
@Saved("mem.MappedRange")
public record MappedRange(
        MappingTarget target, long addr, long fileOffset, long length, boolean writableShared) {
    /** Drops the pages of {@code [from, to)} of the file from the map, as far as they are in it. */
    void invalidate(long from, long to, boolean keepPrivate) {
        long start = Math.max(from, fileOffset);
        long end = Math.min(to, fileOffset + length);
        if (start < end) target.invalidate(addr + start - fileOffset, end - start, keepPrivate);
    }

    /** As {@link MappingTarget#refresh}, for {@code [from, to)} of the file. */
    void refresh(long from, long to) {
        long start = Math.max(from, fileOffset);
        long end = Math.min(to, fileOffset + length);
        if (start < end) target.refresh(addr + start - fileOffset, end - start);
    }
}
