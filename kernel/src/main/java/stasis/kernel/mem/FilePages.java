package stasis.kernel.mem;

import static stasis.abi.Errno.EBUSY;
import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.EFBIG;
import static stasis.abi.Errno.EIO;
import static stasis.abi.Errno.ENOSPC;
import static stasis.abi.Errno.ENXIO;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The content of a file that lives in guest memory: sparse, mappable, with holes that read as
 * zeroes. It may lie over a {@link FileSource}, of which pages are copied when they are first
 * mapped or written; what was written is seen by every reader and mapping, old or new.
 *
 * <p>The lock is held over copies of at most 64 KiB, and while a page is read from the source.
 */
@Saved("mem.FilePages")
public final class FilePages implements Mappable {
    /** Largest file; as Linux on x86-64. */
    public static final long MAX_SIZE = Long.MAX_VALUE - Pages.SIZE + 1;

    private static final long PIECE = 64 << 10;

    /** Pages of a source that are copied together when one of them is mapped. */
    private static final long WINDOW = PIECE >> Pages.SHIFT;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.FILE_PAGES);

    /** Never changes. */
    private GuestMemory memory;

    /** Never changes. */
    private PageBudget budget;

    /** What lies below, or null. Guarded by {@link #lock}. */
    private @Nullable FileSource source;

    /** Bytes of {@link #source} that still count; a truncation makes it smaller for ever. */
    private long sourceSize;

    /** Guarded by {@link #lock}. */
    private PageTable pages = new PageTable();

    /** Bytes. Guarded by {@link #lock}. */
    private long size;

    /** Guarded by {@link #lock}. */
    private FileMappings mappings = new FileMappings();

    @SuppressWarnings("NullAway.Init")
    private FilePages() {}

    /** An empty file. */
    public FilePages(GuestMemory memory, PageBudget budget) {
        this.memory = memory;
        this.budget = budget;
    }

    /** A file that begins as a copy of {@code source}. */
    public FilePages(GuestMemory memory, PageBudget budget, FileSource source, long size) {
        this(memory, budget);
        this.source = source;
        this.sourceSize = size;
        this.size = size;
    }

    public long size() {
        try (var _ = lock.hold()) {
            return size;
        }
    }

    /** Bytes of memory. */
    public long allocated() {
        try (var _ = lock.hold()) {
            return pages.count() << Pages.SHIFT;
        }
    }

    // ---- reading and writing ----

    /** Bytes read; 0 at the end. */
    public long read(MemorySegment to, long at, long length, long offset) throws ErrnoException {
        long done = 0;
        while (done < length) {
            long n;
            try (var _ = lock.hold()) {
                n = readPieceLocked(to, at + done, Math.min(PIECE, length - done), offset + done);
            }
            if (n == 0) break;
            done += n;
        }
        return done;
    }

    /** This file as what another one begins as. */
    public FileSource asSource() {
        return new LowerPages(this);
    }

    /** As {@link #read}, for a file above whose lock is held. */
    long readBelow(MemorySegment to, long at, long length, long offset) throws ErrnoException {
        try (var _ = lock.holdSecond()) {
            return readPieceLocked(to, at, length, offset);
        }
    }

    private long readPieceLocked(MemorySegment to, long at, long length, long offset)
            throws ErrnoException {
        if (offset >= size) return 0;
        long n = Math.min(length, size - offset);
        for (long done = 0; done < n; ) {
            long pos = offset + done;
            long part = alikeLocked(pos, n - done);
            readAlikeLocked(to, at + done, part, pos);
            done += part;
        }
        return n;
    }

    /** Bytes from {@code offset} on that lie in one page, or in none of ours at all. */
    private long alikeLocked(long offset, long length) {
        long part = Math.min(length, Pages.SIZE - (offset & Pages.OFFSET_MASK));
        if (pages.get(offset >> Pages.SHIFT) != 0) return part;
        while (part < length && pages.get((offset + part) >> Pages.SHIFT) == 0) {
            part = Math.min(length, part + Pages.SIZE);
        }
        return part;
    }

    private void readAlikeLocked(MemorySegment to, long at, long length, long offset)
            throws ErrnoException {
        int page = pages.get(offset >> Pages.SHIFT);
        if (page > 0) {
            memory.ensureLoaded(page, 1);
            long from = GuestMemory.offset(page) + (offset & Pages.OFFSET_MASK);
            MemorySegment.copy(memory.mapping(), from, to, at, length);
            return;
        }
        long below = page == 0 ? readSourceLocked(to, at, length, offset) : 0;
        if (below < length) to.asSlice(at + below, length - below).fill((byte) 0);
    }

    private long readSourceLocked(MemorySegment to, long at, long length, long offset)
            throws ErrnoException {
        if (source == null || offset >= sourceSize) return 0;
        return source.read(to, at, Math.min(length, sourceSize - offset), offset);
    }

    /**
     * Writes at {@code offset}, growing the file as needed.
     *
     * @return bytes written; fewer than asked if memory ran out after some
     */
    public long write(MemorySegment from, long at, long length, long offset) throws ErrnoException {
        if (offset > MAX_SIZE - length) throw EFBIG.exception();
        long done = 0;
        try {
            while (done < length) {
                long part = Math.min(PIECE, length - done);
                try (var _ = lock.hold()) {
                    done += writePieceLocked(from, at + done, part, offset + done);
                }
            }
        } catch (ErrnoException e) {
            if (done == 0) throw e;
        }
        refresh(offset, offset + done);
        return done;
    }

    /** Private mappings see what was written, even if memory was sealed when they got the page. */
    private void refresh(long from, long to) {
        List<MappedRange> told;
        try (var _ = lock.hold()) {
            if (mappings.isEmpty() || !memory.isSealing()) return;
            told = mappings.copy();
        }
        for (MappedRange range : told) range.refresh(Pages.down(from), Pages.up(to));
    }

    /** At least one page's worth, or an exception. */
    private long writePieceLocked(MemorySegment from, long at, long length, long offset)
            throws ErrnoException {
        long done = 0;
        while (done < length) {
            long pos = offset + done;
            long part = Math.min(length - done, Pages.SIZE - (pos & Pages.OFFSET_MASK));
            int page;
            try {
                page = writableLocked(pos >> Pages.SHIFT, part == Pages.SIZE);
            } catch (ErrnoException e) {
                if (done == 0) throw e;
                break;
            }
            long to = GuestMemory.offset(page) + (pos & Pages.OFFSET_MASK);
            MemorySegment.copy(from, at + done, memory.mapping(), to, part);
            done += part;
        }
        size = Math.max(size, offset + done);
        return done;
    }

    /**
     * The page at {@code index}, allocated if there was none.
     *
     * @param overwritten all of it will be written now, so that its content does not matter
     */
    private int presentLocked(long index, boolean overwritten) throws ErrnoException {
        int page = pages.get(index);
        if (page > 0) {
            memory.ensureLoaded(page, 1);
            return page;
        }
        if (!budget.take(1)) throw ENOSPC.exception();
        int fresh = memory.allocate(1);
        if (fresh == 0) {
            budget.giveBack(1);
            throw ENOSPC.exception();
        }
        try {
            if (page == 0 && !overwritten) {
                long start = index << Pages.SHIFT;
                readSourceLocked(memory.mapping(), GuestMemory.offset(fresh), Pages.SIZE, start);
            }
        } catch (ErrnoException e) {
            releaseAll(List.of(fresh));
            throw e;
        }
        pages.put(index, fresh);
        return fresh;
    }

    /** As {@link #presentLocked}, for a caller that writes into the page. */
    private int writableLocked(long index, boolean overwritten) throws ErrnoException {
        int page = presentLocked(index, overwritten);
        memory.makeWritable(page, 1);
        return page;
    }

    private void releaseAll(List<Integer> taken) {
        for (int page : taken) memory.release(page, 1);
        if (!taken.isEmpty()) budget.giveBack(taken.size());
    }

    // ---- size ----

    /**
     * truncate(2), either way. What is mapped beyond the new end is gone from all maps afterwards.
     * Precondition: no lock of rank MEMORY_MAP or below is held.
     */
    public void resize(long newSize) throws ErrnoException {
        if (newSize > MAX_SIZE) throw EFBIG.exception();
        List<MappedRange> told;
        List<Integer> taken;
        long firstGone = Pages.up(newSize);
        try (var _ = lock.hold()) {
            if (newSize >= size) {
                size = newSize;
                return;
            }
            zeroTailLocked(newSize);
            size = newSize;
            sourceSize = Math.min(sourceSize, newSize);
            taken = pages.take(firstGone >> Pages.SHIFT, Long.MAX_VALUE);
            told = mappings.copy();
        }
        for (MappedRange range : told) range.invalidate(firstGone, Long.MAX_VALUE, false);
        releaseAll(taken);
    }

    /** What follows the new end within its page reads as zero if the file grows again. */
    private void zeroTailLocked(long end) {
        long in = end & Pages.OFFSET_MASK;
        int page = in == 0 ? 0 : pages.get(end >> Pages.SHIFT);
        if (page <= 0) return;
        memory.ensureLoaded(page, 1);
        memory.makeWritable(page, 1);
        memory.mapping().asSlice(GuestMemory.offset(page) + in, Pages.SIZE - in).fill((byte) 0);
    }

    /** Allocates whatever of {@code [offset, offset + length)} has no memory; all or nothing. */
    public void allocate(long offset, long length, boolean keepSize) throws ErrnoException {
        long end = offset + length;
        if (end < 0 || end > MAX_SIZE) throw EFBIG.exception();
        long firstPage = offset >> Pages.SHIFT;
        long lastPage = (end - 1) >> Pages.SHIFT;
        if (lastPage - firstPage + 1 > memory.totalPages()) throw ENOSPC.exception();
        for (long i = firstPage; i <= lastPage; i++) {
            try (var _ = lock.hold()) {
                presentLocked(i, false);
            }
        }
        try (var _ = lock.hold()) {
            if (!keepSize) size = Math.max(size, end);
        }
    }

    /** FALLOC_FL_PUNCH_HOLE: the range reads as zero; whole pages go. Precondition as resize. */
    public void punch(long offset, long length) throws ErrnoException {
        List<MappedRange> told;
        List<Integer> taken;
        long end = Math.min(offset + length < 0 ? Long.MAX_VALUE : offset + length, MAX_SIZE);
        long firstWhole = Pages.up(offset);
        long lastWhole = Pages.down(end);
        try (var _ = lock.hold()) {
            if (firstWhole > lastWhole) {
                zeroLocked(offset, end);
                return;
            }
            zeroLocked(offset, firstWhole);
            zeroLocked(lastWhole, end);
            taken = pages.take(firstWhole >> Pages.SHIFT, lastWhole >> Pages.SHIFT);
            for (long p = firstWhole; p < Math.min(lastWhole, sourceSize); p += Pages.SIZE) {
                pages.put(p >> Pages.SHIFT, PageTable.ZERO);
            }
            told = mappings.copy();
        }
        for (MappedRange range : told) range.invalidate(firstWhole, lastWhole, true);
        releaseAll(taken);
    }

    /** Within one page. */
    private void zeroLocked(long from, long to) throws ErrnoException {
        if (from >= to || from >= size) return;
        int page = pages.get(from >> Pages.SHIFT);
        if (page == PageTable.ZERO || (page == 0 && from >= sourceSize)) return;
        int present = writableLocked(from >> Pages.SHIFT, false);
        long start = GuestMemory.offset(present) + (from & Pages.OFFSET_MASK);
        memory.mapping().asSlice(start, to - from).fill((byte) 0);
    }

    /** lseek(2) SEEK_DATA (true) or SEEK_HOLE. Everything within the source counts as data. */
    public long seek(long offset, boolean data) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (offset < 0 || offset >= size) throw ENXIO.exception();
            return data ? nextDataLocked(offset) : nextHoleLocked(offset);
        }
    }

    private boolean isDataLocked(long index) {
        int page = pages.get(index);
        return page > 0 || (page == 0 && index << Pages.SHIFT < sourceSize);
    }

    private long nextDataLocked(long offset) throws ErrnoException {
        long index = offset >> Pages.SHIFT;
        while (index << Pages.SHIFT < sourceSize && !isDataLocked(index)) index++;
        if (!isDataLocked(index)) {
            Long next = pages.next(index);
            if (next == null) throw ENXIO.exception();
            index = next;
        }
        long found = Math.max(offset, index << Pages.SHIFT);
        if (found >= size) throw ENXIO.exception();
        return found;
    }

    private long nextHoleLocked(long offset) {
        long index = offset >> Pages.SHIFT;
        while (index << Pages.SHIFT < size && isDataLocked(index)) index++;
        return Math.min(size, Math.max(offset, index << Pages.SHIFT));
    }

    /** The file is gone for good: all memory goes back. Mappings hold pages of their own. */
    public void drop() {
        List<Integer> taken;
        try (var _ = lock.hold()) {
            taken = pages.take(0, Long.MAX_VALUE);
            size = 0;
            sourceSize = 0;
            source = null;
        }
        releaseAll(taken);
    }

    // ---- mapping ----

    @Override
    public long page(long fileOffset, boolean forWrite) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (fileOffset < 0 || fileOffset >= size) throw EFAULT.exception();
            int page = presentForMappingLocked(fileOffset >> Pages.SHIFT);
            memory.acquire(page);
            return GuestMemory.offset(page);
        }
    }

    @Override
    public void pagesAtHand(long fileOffset, int[] found) {
        try (var _ = lock.hold()) {
            long first = fileOffset >> Pages.SHIFT;
            long end = Math.min(found.length, (Pages.up(size) >> Pages.SHIFT) - first);
            for (int i = 0; i < end; i++) found[i] = Math.max(0, pages.get(first + i));
            memory.acquireAll(found);
        }
    }

    private int presentForMappingLocked(long index) throws ErrnoException {
        try {
            if (pages.get(index) == 0) fillAroundLocked(index);
            return presentLocked(index, false);
        } catch (ErrnoException e) {
            throw EIO.exception();
        }
    }

    /**
     * Copies the pages around {@code index} from the source in one go, if there is room: whoever
     * touches one touches the next, and neighbours in memory are mapped together.
     */
    private void fillAroundLocked(long index) throws ErrnoException {
        FileSource below = source;
        if (below == null || index << Pages.SHIFT >= sourceSize) return;
        long first = index;
        long end = index + 1;
        long lowest = index & -WINDOW;
        long highest = Math.min(lowest + WINDOW, Pages.up(sourceSize) >> Pages.SHIFT);
        while (first > lowest && pages.get(first - 1) == 0) first--;
        while (end < highest && pages.get(end) == 0) end++;
        int n = (int) (end - first);
        if (!budget.take(n)) return;
        int run = memory.allocate(n);
        boolean filled = false;
        try {
            if (run == 0) return;
            readSourceLocked(
                    memory.mapping(),
                    GuestMemory.offset(run),
                    GuestMemory.offset(n),
                    first << Pages.SHIFT);
            filled = true;
        } finally {
            if (!filled) {
                if (run != 0) memory.release(run, n);
                budget.giveBack(n);
            }
        }
        for (int i = 0; i < n; i++) pages.put(first + i, run + i);
    }

    @Override
    public void mapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writableShared) {
        try (var _ = lock.hold()) {
            mappings.add(new MappedRange(target, addr, fileOffset, length, writableShared));
        }
    }

    @Override
    public void unmapped(
            MappingTarget target, long addr, long fileOffset, long length, boolean writableShared) {
        try (var _ = lock.hold()) {
            mappings.remove(new MappedRange(target, addr, fileOffset, length, writableShared));
        }
    }

    @Override
    public void sync(long fileOffset, long length) {}

    /** F_SEAL_WRITE: EBUSY while somebody could write through a mapping. */
    public void checkNotMappedWritable() throws ErrnoException {
        try (var _ = lock.hold()) {
            if (mappings.anyWritable()) throw EBUSY.exception();
        }
    }
}
