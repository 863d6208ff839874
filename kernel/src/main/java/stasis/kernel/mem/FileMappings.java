package stasis.kernel.mem;

import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/** Who maps a file. Guarded by the lock of the {@link FilePages} it belongs to. */
@Saved("mem.FileMappings")
final class FileMappings {
    private List<MappedRange> ranges = new ArrayList<>(0);

    FileMappings() {}

    void add(MappedRange range) {
        ranges.add(range);
    }

    /** Takes {@code gone} out, which may be a part of what was added. */
    void remove(MappedRange gone) {
        for (int i = 0; i < ranges.size(); i++) {
            MappedRange r = ranges.get(i);
            if (!contains(r, gone)) continue;
            ranges.remove(i);
            long before = gone.addr() - r.addr();
            long after = r.length() - before - gone.length();
            if (before > 0) ranges.add(part(r, 0, before));
            if (after > 0) ranges.add(part(r, r.length() - after, after));
            return;
        }
    }

    private static boolean contains(MappedRange r, MappedRange gone) {
        return r.target() == gone.target()
                && r.writableShared() == gone.writableShared()
                && r.addr() <= gone.addr()
                && gone.addr() + gone.length() <= r.addr() + r.length()
                && r.fileOffset() - r.addr() == gone.fileOffset() - gone.addr();
    }

    private static MappedRange part(MappedRange r, long at, long length) {
        return new MappedRange(
                r.target(), r.addr() + at, r.fileOffset() + at, length, r.writableShared());
    }

    boolean anyWritable() {
        for (MappedRange r : ranges) if (r.writableShared()) return true;
        return false;
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    List<MappedRange> copy() {
        return List.copyOf(ranges);
    }
}
