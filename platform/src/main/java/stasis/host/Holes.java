package stasis.host;

import stasis.arch.Pages;

/** lseek(2) SEEK_DATA and SEEK_HOLE over memory that lies in several files. */
final class Holes {
    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;
    private static final int ENXIO = 6;

    private Holes() {}

    /** The first offset from {@code from} on that has memory, or {@code end}. */
    static long data(PlaceTable places, HostFd[] files, long from, long end) {
        return next(places, files, from, end, SEEK_DATA);
    }

    /** The first offset from {@code from} on that has none, or {@code end}. */
    static long hole(PlaceTable places, HostFd[] files, long from, long end) {
        return next(places, files, from, end, SEEK_HOLE);
    }

    private static long next(PlaceTable places, HostFd[] files, long from, long end, int whence) {
        for (long at = from; at < end; ) {
            long page = at >>> Pages.SHIFT;
            long pieceEnd = places.alike(page, end >>> Pages.SHIFT) << Pages.SHIFT;
            int file = places.get(page) & ~PlaceTable.SEALED;
            if (file == LayeredMemory.BASE) {
                if (whence == SEEK_DATA) return at;
                at = pieceEnd;
                continue;
            }
            long found = seek(files[file], at, whence);
            if (found < pieceEnd) return found;
            at = pieceEnd;
        }
        return end;
    }

    /** {@link Long#MAX_VALUE} if there is none any more. */
    static long seek(HostFd file, long from, int whence) {
        long result = Host.syscall(Nr.LSEEK, file.number(), from, whence);
        if (result == -ENXIO) return Long.MAX_VALUE;
        if (result < 0) throw new IllegalStateException("lseek(" + from + "): errno " + -result);
        return result;
    }
}
