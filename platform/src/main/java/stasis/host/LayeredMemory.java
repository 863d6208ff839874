package stasis.host;

import org.jspecify.annotations.Nullable;

import stasis.arch.Pages;
import stasis.platform.MemoryFile;
import stasis.platform.SealedMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Guest memory in memfds. A page keeps its offset for ever, and lies at that offset of one of two
 * files; in the other one there is nothing. When memory is isSealed, pages stay readable where they
 * are, and whoever is going to write moves them into the other file first.
 *
 * <pre>
 *   file 0    A B C D . .        sealed: A B C D read-only      file 0    A b C D . .
 *   file 1    . . . . . .        b is written                   file 1    . B . . . .
 *   mapping   0 0 0 0 0 0                                       mapping   0 1 0 0 0 0
 * </pre>
 *
 * <p>Below there may be a base: a file that nobody writes, the same for many sandboxes, whose pages
 * are sealed for ever. It has them at offsets of its own.
 *
 * <p>The sentry has one mapping of it all, made of pieces of both files, in which sealed pages
 * cannot be written: what writes without asking crashes. The first file has room behind guest
 * memory for the platform, which is never sealed.
 */
public final class LayeredMemory implements MemoryFile, AutoCloseable {
    private static final int FILES = 2;
    static final int BASE = 2;
    private static final int KEEP_SIZE_AND_PUNCH_HOLE = 3;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int READ = 1;
    private static final int READ_WRITE = 3;

    /** MAP_SHARED, MAP_FIXED, MAP_NORESERVE. */
    private static final int SHARED_FIXED = 0x4011;

    private static final long GRANULE = 2L << 20;

    private final HostFd[] files;
    private final BaseRuns base = new BaseRuns();
    private final long size;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment mapping;
    private final MemorySegment all;
    private final ReentrantLock lock = new ReentrantLock();

    /** Changed with {@link #lock} held. */
    private final PlaceTable places;

    /** Places where neighbours lie in different files, or only one is sealed. By the lock. */
    private int borders;

    /** From a seal until it is closed. Written with the lock held. */
    private volatile @Nullable SealedLayers seal;

    /** Whether any page is sealed. */
    private volatile boolean sealing;

    /** Whether any page lies in the base. Guarded by the lock. */
    private boolean based;

    /**
     * Precondition: both are multiples of 2 MiB, {@code size} positive.
     *
     * @param more bytes behind, for {@link #all} only
     */
    public LayeredMemory(String name, long size, long more) throws HostException {
        this(name, size, more, -1);
    }

    /**
     * @param hostBase descriptor of a file that can be read, and whose content will not change; or
     *     -1. The caller may close it
     */
    public LayeredMemory(String name, long size, long more, int hostBase) throws HostException {
        if (size <= 0 || size % GRANULE != 0 || more % GRANULE != 0) {
            throw new IllegalArgumentException("size " + size + " + " + more);
        }
        this.size = size;
        this.places = new PlaceTable(size >>> Pages.SHIFT);
        this.files = new HostFd[hostBase < 0 ? FILES : FILES + 1];
        long bytes = size + more;
        boolean done = false;
        try {
            if (hostBase >= 0) files[BASE] = duplicate(hostBase);
            for (int i = 0; i < FILES; i++) files[i] = file(name, i == 0 ? bytes : size);
            long at = Host.mapShared(files[0].number(), bytes);
            all =
                    MemorySegment.ofAddress(at)
                            .reinterpret(bytes, arena, s -> Host.unmap(s.address(), bytes));
            mapping = all.asSlice(0, size);
            done = true;
        } finally {
            if (!done) closeFiles();
        }
    }

    private static HostFd duplicate(int fd) throws HostException {
        long copy = Host.syscall(Nr.FCNTL, fd, F_DUPFD_CLOEXEC, 3);
        return new HostFd((int) HostException.check(copy, "fcntl(F_DUPFD_CLOEXEC)"));
    }

    private static HostFd file(String name, long bytes) throws HostException {
        HostFd fd = Host.memfd(name);
        long result = Host.syscall(Nr.FTRUNCATE, fd.number(), bytes, 0);
        if (Host.failed(result)) fd.close();
        HostException.check(result, "ftruncate(" + bytes + ")");
        return fd;
    }

    /** What an address space must be able to map, by file. */
    public HostFd[] files() {
        return files.clone();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public MemorySegment mapping() {
        return mapping;
    }

    /** With what lies behind. */
    public MemorySegment all() {
        return all;
    }

    /** Takes pieces of memory, in their order. */
    public interface Pieces {
        /**
         * @param place in the file
         */
        void piece(long offset, long length, int file, long place, boolean isSealed);
    }

    /**
     * Where a stretch of memory lies now, or of what lies behind it. A sealed piece may be moved at
     * any time, but then stays in place to be read, until the seal is closed.
     */
    public void pieces(long offset, long length, Pieces to) {
        if (offset >= size) {
            to.piece(offset, length, 0, offset, false);
            return;
        }
        pieces(places, base, offset, offset + length, to);
    }

    static void pieces(PlaceTable places, BaseRuns base, long from, long end, Pieces to) {
        for (long at = from; at < end; ) {
            int value = places.get(at >>> Pages.SHIFT);
            long next = places.alike(at >>> Pages.SHIFT, end >>> Pages.SHIFT) << Pages.SHIFT;
            boolean isSealed = (value & PlaceTable.SEALED) != 0;
            int file = value & ~PlaceTable.SEALED;
            long place = at;
            if (file == BASE) {
                next = Math.min(next, base.end(at));
                place = base.place(at);
            }
            to.piece(at, next - at, file, place, isSealed);
            at = next;
        }
    }

    // ---- the base

    @Override
    public boolean hasBase() {
        return files.length > FILES;
    }

    @Override
    public void layOver(long offset, long length, long place) {
        lock.lock();
        try {
            base.add(offset, length, place);
            map(offset, length, BASE, place, READ);
            put(offset, length, BASE | PlaceTable.SEALED);
            based = true;
            sealing = true;
        } finally {
            lock.unlock();
        }
    }

    /** In the sentry's mapping. */
    private void map(long offset, long length, int file, long place, int access) {
        int fd = files[file].number();
        long at = all.address() + offset;
        long result = Host.syscall(Nr.MMAP, at, length, access, SHARED_FIXED, fd, place);
        check(result, "mmap", offset, length);
    }

    private void put(long offset, long length, int value) {
        long first = offset >>> Pages.SHIFT;
        long end = (offset + length) >>> Pages.SHIFT;
        borders -= border(first) + border(end);
        places.set(first, end, value);
        borders += border(first) + border(end);
    }

    // ---- holes

    @Override
    public void punch(long offset, long length) {
        if (length == 0) return;
        lock.lock();
        try {
            pieces(offset, length, this::punchPiece);
        } finally {
            lock.unlock();
        }
    }

    private void punchPiece(long offset, long length, int file, long place, boolean isSealed) {
        if (isSealed) move(offset, length, file, false);
        else punchFile(file, offset, length);
    }

    void punchFile(int file, long offset, long length) {
        long result =
                Host.syscall(
                        Nr.FALLOCATE,
                        files[file].number(),
                        KEEP_SIZE_AND_PUNCH_HOLE,
                        offset,
                        length,
                        0,
                        0);
        check(result, "punch", offset, length);
    }

    private static void check(long result, String what, long offset, long length) {
        if (!Host.failed(result)) return;
        throw new IllegalStateException(
                what + "(" + offset + ", " + length + "): errno " + -result);
    }

    @Override
    public long nextData(long from) {
        return Holes.data(places, files, from, size);
    }

    @Override
    public long nextHole(long from) {
        return Holes.hole(places, files, from, size);
    }

    // ---- sealing

    @Override
    public SealedMemory seal(long end) {
        lock.lock();
        try {
            if (seal != null) throw new IllegalStateException("sealed already");
            if (end < 0 || end > size) throw new IllegalArgumentException("end " + end);
            long pages = end >>> Pages.SHIFT;
            places.seal(pages);
            protect(end, READ);
            SealedLayers made = new SealedLayers(this, places.copy(), base, files, end);
            seal = made;
            sealing = true;
            return made;
        } finally {
            lock.unlock();
        }
    }

    /** Of the sentry's mapping, all before {@code end}. */
    private void protect(long end, int access) {
        if (end == 0) return;
        long result = Host.syscall(Nr.MPROTECT, all.address(), end, access);
        check(result, "mprotect", 0, end);
    }

    /** By {@link SealedLayers}. */
    void unseal(long end) {
        lock.lock();
        try {
            pieces(0, end, this::openPiece); // before anybody believes it: isSealed takes no lock
            places.unseal(end >>> Pages.SHIFT, BASE | PlaceTable.SEALED);
            sealing = based;
        } finally {
            lock.unlock();
        }
    }

    private void openPiece(long offset, long length, int file, long place, boolean isSealed) {
        if (file == BASE) return;
        long result = Host.syscall(Nr.MPROTECT, all.address() + offset, length, READ_WRITE);
        check(result, "mprotect", offset, length);
    }

    /** By {@link SealedLayers}. */
    void closed() {
        lock.lock();
        try {
            seal = null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean hasSeal() {
        return sealing || seal != null;
    }

    @Override
    public boolean isSealed(long offset) {
        return sealing && (places.get(offset >>> Pages.SHIFT) & PlaceTable.SEALED) != 0;
    }

    @Override
    public void makeWritable(long offset, long length) {
        if (!sealing) return;
        lock.lock();
        try {
            long unit = unit();
            long from = offset & -unit;
            long to = Math.min(size, (offset + length + unit - 1) & -unit);
            pieces(
                    from,
                    to - from,
                    (at, n, file, _, isSealed) -> {
                        if (isSealed) move(at, n, file, true);
                    });
        } finally {
            lock.unlock();
        }
    }

    /**
     * Bytes that are moved together: more, the more pieces there are, of which the host allows
     * 65,530 in a process (vm.max_map_count).
     */
    private long unit() {
        if (borders < 8192) return 4 * Pages.SIZE;
        if (borders < 16384) return 16 * Pages.SIZE;
        return borders < 24576 ? 64 * Pages.SIZE : GRANULE;
    }

    /** The lock is held; the stretch is isSealed, and in one file. */
    private void move(long offset, long length, int from, boolean keep) {
        int to = from == 0 ? 1 : 0;
        if (keep) copy(offset, offset + length, from, to);
        map(offset, length, to, offset, READ_WRITE);
        put(offset, length, to);
        SealedLayers of = seal;
        if (of != null) of.moved(offset, length, keep);
    }

    private int border(long page) {
        if (page == 0 || page << Pages.SHIFT >= size) return 0;
        return places.get(page - 1) == places.get(page) ? 0 : 1;
    }

    /** What has memory; the sentry's mapping still shows where it was. */
    private void copy(long offset, long end, int from, int to) {
        if (from == BASE) {
            write(offset, end, to);
            return;
        }
        for (long at = offset; at < end; ) {
            long data = Math.min(end, Holes.seek(files[from], at, Holes.SEEK_DATA));
            long hole = Math.min(end, Holes.seek(files[from], data, Holes.SEEK_HOLE));
            write(data, hole, to);
            at = hole;
        }
    }

    private void write(long from, long end, int to) {
        for (long at = from; at < end; ) {
            long n = Host.pwrite(files[to].number(), all.asSlice(at, end - at), at);
            check(n, "copy", at, end - at);
            at += n;
        }
    }

    private void closeFiles() {
        for (HostFd f : files) {
            if (f != null) f.close();
        }
    }

    @Override
    public void close() {
        closeFiles();
        arena.close();
    }
}
