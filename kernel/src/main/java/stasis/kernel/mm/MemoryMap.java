package stasis.kernel.mm;

import static stasis.abi.Mman.PROT_EXEC;
import static stasis.abi.Mman.PROT_READ;
import static stasis.abi.Mman.PROT_WRITE;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.arch.Access;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.Mappable;
import stasis.kernel.mem.MappingTarget;
import stasis.kernel.mem.PageHolder;
import stasis.kernel.vfs.FileDescription;
import stasis.platform.AddressSpace;
import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * The memory of one process, shared by tasks with CLONE_VM: {@code struct mm_struct}. This class
 * holds the parts and what all verbs need; the verbs are in {@link Mmap}, {@link Munmap}, {@link
 * Mprotect}, {@link Mremap}, {@link Brk}, {@link Madvise}, {@link PageFault} and {@link ForkCopy}.
 *
 * <p>vmas say what should be where, the page table what is. The platform's mappings follow the page
 * table lazily: a page that is not MAPPED is put in place by a fault.
 */
@Saved("mm.MemoryMap")
public final class MemoryMap implements MappingTarget, PageHolder {
    /** vm.max_map_count of Linux. */
    static final int MAX_VMAS = 65530;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    final RankedLock lock = new RankedLock(LockRank.MEMORY_MAP);

    /** Never changes. */
    GuestMemory memory;

    @NotSaved("a fresh address space; faults fill it")
    AddressSpace space;

    @NotSaved("the platform that restores")
    Platform platform;

    /** By start address. Guarded by {@link #lock}. */
    TreeMap<Long, Vma> vmas = new TreeMap<>();

    /** What {@link #findLocked} last found; null once it is no longer in {@link #vmas}. */
    @NotSaved("found again")
    private @Nullable Vma found;

    /** Guarded by {@link #lock}. */
    PageTable table = new PageTable();

    /** First address beyond what may be mapped. */
    long limit;

    /** Start and end of the heap, brk(2). Guarded by {@link #lock}. */
    long brkStart;

    long brkEnd;

    /** Below here free ranges are looked for, downwards. */
    long mmapTop;

    /** Where argv, envp and auxv lie on the first stack, for /proc. */
    private long argStart;

    private long argEnd;
    private long envStart;
    private long envEnd;
    private byte[] auxv = {};

    /** The program, for /proc/pid/exe; null until execve(2) has set it. */
    private @Nullable FileDescription executable;

    /** Tasks and short-time holders. Guarded by {@link #lock}. */
    private int users = 1;

    @NotSaved("empty whenever the lock is free")
    final ReplacedPages replaced = new ReplacedPages(this);

    /** Sum of all vmas in bytes, for RLIMIT_AS. Guarded by {@link #lock}. */
    long totalBytes;

    @SuppressWarnings("NullAway.Init")
    private MemoryMap() {}

    public MemoryMap(Platform platform, GuestMemory memory) throws PlatformException {
        this(platform, memory, platform.newAddressSpace());
    }

    MemoryMap(Platform platform, GuestMemory memory, AddressSpace space) {
        this.platform = platform;
        this.memory = memory;
        this.space = space;
        this.limit = platform.maxAddress();
        this.mmapTop = limit - (256L << 20);
        memory.addHolder(this);
    }

    /**
     * For execve(2): an empty map. It takes over the platform's address space if nobody else uses
     * it; then the calling task, the only one, must not run in this map any more.
     */
    public MemoryMap successor() throws PlatformException {
        try (var _ = lock.hold()) {
            if (users > 1) return new MemoryMap(platform, memory);
            AddressSpace taken = space;
            space = new LeftSpace();
            long lowest = platform.minAddress();
            taken.unmap(lowest, limit - lowest);
            return new MemoryMap(platform, memory, taken);
        }
    }

    /** What the platform runs. */
    public AddressSpace space() {
        return space;
    }

    public GuestMemory memory() {
        return memory;
    }

    // ---- look-ups, lock held

    @Nullable Vma findLocked(long addr) {
        Vma last = found;
        if (last != null && last.start <= addr && addr < last.end) return last;
        Map.Entry<Long, Vma> e = vmas.floorEntry(addr);
        if (e == null || addr >= e.getValue().end) return null;
        found = e.getValue();
        return found;
    }

    /** Takes {@code vma} out, which is not valid afterwards. */
    void removeLocked(Vma vma) {
        vmas.remove(vma.start);
        if (found == vma) found = null;
    }

    boolean freeLocked(long addr, long length) {
        Map.Entry<Long, Vma> e = vmas.lowerEntry(addr + length);
        return e == null || e.getValue().end <= addr;
    }

    /** The highest free range below {@link #mmapTop}, or 0. */
    long findFreeLocked(long length) {
        long top = mmapTop;
        for (Vma v : vmas.headMap(top, false).descendingMap().values()) {
            if (v.end <= top - length) break;
            top = Math.min(top, v.start);
            if (top < length) return 0;
        }
        return top - length >= platform.minAddress() ? top - length : 0;
    }

    /** The vmas that overlap {@code [from, to)}, ascending. */
    List<Vma> overlappingLocked(long from, long to) {
        List<Vma> found = new ArrayList<>();
        Map.Entry<Long, Vma> e = vmas.floorEntry(from);
        if (e != null && e.getValue().end > from && e.getKey() < from) found.add(e.getValue());
        found.addAll(vmas.subMap(from, to).values());
        return found;
    }

    /** Makes {@code addr} a border between vmas. */
    void splitLocked(long addr) {
        Vma v = findLocked(addr);
        if (v == null || v.start == addr) return;
        Vma upper = v.slice(addr, v.end);
        v.end = addr;
        vmas.put(addr, upper);
    }

    /** Adds {@code vma} and joins it with equal neighbours. */
    void insertLocked(Vma vma) {
        totalBytes += vma.end - vma.start;
        vmas.put(vma.start, vma);
        mergeLocked(vma);
    }

    /** Joins {@code vma} with its neighbours if they are alike. */
    void mergeLocked(Vma vma) {
        Map.Entry<Long, Vma> before = vmas.lowerEntry(vma.start);
        Vma joined = vma;
        if (before != null && before.getValue().continues(vma)) {
            joined = before.getValue();
            absorb(joined, vma);
        }
        Map.Entry<Long, Vma> after = vmas.higherEntry(joined.start);
        if (after != null && joined.continues(after.getValue())) absorb(joined, after.getValue());
    }

    private void absorb(Vma lower, Vma upper) {
        removeLocked(upper);
        lower.end = upper.end;
        if (upper.file != null) released.add(upper.file);
    }

    /** Files whose mapping is gone; released when the lock is not held any more. */
    @NotSaved("empty between calls")
    final List<FileDescription> released = new ArrayList<>();

    /** Releases what {@link #released} has collected. Precondition: the lock is not held. */
    void releaseFiles(Caller caller) {
        List<FileDescription> files;
        try (var _ = lock.hold()) {
            if (released.isEmpty()) return;
            files = List.copyOf(released);
            released.clear();
        }
        for (FileDescription f : files) f.release(caller);
    }

    // ---- the platform's side, lock held

    /** What user code may do: write permission only for pages that need no copy first. */
    static int access(Vma vma, long pte) {
        if (vma.prot == 0) return 0;
        int access = (vma.prot & 7) | PROT_READ;
        boolean readOnly = (pte & (PageTable.COW | PageTable.SEALED)) != 0;
        return readOnly ? access & ~PROT_WRITE : access;
    }

    /**
     * Has the platform map the present pages of {@code [from, to)}, which lies in {@code vma}, in
     * as few pieces as possible. Pages in place with the right access stay.
     */
    void mapPresentLocked(Vma vma, long from, long to) {
        mapPresentLocked(vma, from, to, from, to);
    }

    /**
     * As above; but pages that are still in an image come in only for {@code [needFrom, needTo)}.
     * Whoever touches another one asks again.
     */
    void mapPresentLocked(Vma vma, long from, long to, long needFrom, long needTo) {
        PresentRun run = new PresentRun(vma, needFrom, needTo);
        table.visit(from, to, run::add);
        run.flush();
    }

    /** Collects neighbouring pages whose memory is contiguous into one mapping. */
    private final class PresentRun {
        private final Vma vma;
        private final long needFrom;
        private final long needTo;
        private long start;
        private long end;
        private int firstPage;
        private int access;

        PresentRun(Vma vma, long needFrom, long needTo) {
            this.vma = vma;
            this.needFrom = needFrom;
            this.needTo = needTo;
        }

        void add(long addr, long pte) {
            int page = PageTable.page(pte);
            if ((addr < needFrom || addr >= needTo) && !memory.isLoaded(page, 1)) {
                flush();
                return;
            }
            long wanted = pte & ~PageTable.IN_PLACE | PageTable.MAPPED;
            if (memory.isSealed(page)) wanted |= PageTable.SEALED;
            int want = access(vma, wanted);
            if ((want & PROT_WRITE) != 0) wanted |= PageTable.WRITABLE;
            if (pte == wanted) {
                flush();
                return;
            }
            boolean follows =
                    addr == end
                            && page == firstPage + (int) ((end - start) >>> Pages.SHIFT)
                            && want == access;
            if (!follows) {
                flush();
                start = addr;
                firstPage = page;
                access = want;
            }
            end = addr + Pages.SIZE;
            table.set(addr, wanted);
        }

        void flush() {
            if (end > start) {
                int pages = (int) ((end - start) >>> Pages.SHIFT);
                memory.ensureLoaded(firstPage, pages);
                space.map(start, end - start, GuestMemory.offset(firstPage), access | steady(vma));
            }
            start = end = 0;
        }
    }

    /**
     * Code of a private file mapping. What happens to it when somebody writes into the file is
     * unspecified in mmap(2): it may stay.
     */
    private static int steady(Vma vma) {
        boolean code = (vma.prot & (PROT_EXEC | PROT_WRITE)) == PROT_EXEC;
        return code && !vma.shared && vma.mappable != null ? Access.STEADY : 0;
    }

    /** Sets the platform's rights to what {@code vma} now says, for pages that are in place. */
    void protectMappedLocked(Vma vma, long from, long to) {
        ProtectRun run = new ProtectRun(vma);
        table.visit(from, to, run::add);
        run.flush();
    }

    private final class ProtectRun {
        private final Vma vma;
        private long start;
        private long end;
        private int access;

        ProtectRun(Vma vma) {
            this.vma = vma;
        }

        void add(long addr, long pte) {
            if ((pte & PageTable.MAPPED) == 0) return;
            int want = access(vma, pte);
            if (addr != end || want != access) {
                flush();
                start = addr;
                access = want;
            }
            end = addr + Pages.SIZE;
            boolean writable = (want & PROT_WRITE) != 0;
            table.set(addr, writable ? pte | PageTable.WRITABLE : pte & ~PageTable.WRITABLE);
        }

        void flush() {
            if (end > start) space.protect(start, end - start, access);
            start = end = 0;
        }
    }

    /**
     * Takes the pages of {@code [from, to)} out of the table and out of the platform's mappings,
     * and gives back their references.
     */
    void dropPagesLocked(long from, long to) {
        DroppedPages dropped = new DroppedPages();
        table.visit(from, to, dropped::add);
        if (dropped.mapped) {
            long lowest = Math.max(from, platform.minAddress()); // below is what is not ours
            space.unmap(lowest, to - lowest);
            space.commit();
        }
        dropped.release();
    }

    /** Runs of pages that leave the table. */
    final class DroppedPages {
        boolean mapped;
        private int[] runs = new int[32];
        private int size;

        void add(long addr, long pte) {
            table.set(addr, 0);
            mapped |= (pte & PageTable.MAPPED) != 0;
            int page = PageTable.page(pte);
            if (size > 0 && runs[size - 2] + runs[size - 1] == page) {
                runs[size - 1]++;
                return;
            }
            if (size == runs.length) runs = java.util.Arrays.copyOf(runs, size * 2);
            runs[size++] = page;
            runs[size++] = 1;
        }

        void release() {
            for (int i = 0; i < size; i += 2) memory.release(runs[i], runs[i + 1]);
        }
    }

    /**
     * {@link MappingTarget}: pages of a file are gone, whoever touches them asks the file again.
     */
    @Override
    public void invalidate(long addr, long length, boolean keepPrivate) {
        try (var _ = lock.hold()) {
            for (Vma v : overlappingLocked(addr, addr + length)) {
                if (v.mappable == null) continue;
                long from = Math.max(addr, v.start);
                long to = Math.min(addr + length, v.end);
                invalidateLocked(v, from, to, keepPrivate && !v.shared);
            }
        }
    }

    private void invalidateLocked(Vma v, long from, long to, boolean keepPrivate) {
        if (!keepPrivate) {
            dropPagesLocked(from, to);
            return;
        }
        List<Long> clean = new ArrayList<>();
        table.visit(
                from,
                to,
                (addr, pte) -> {
                    if ((pte & PageTable.COW) != 0) clean.add(addr);
                });
        for (long addr : clean) dropPagesLocked(addr, addr + Pages.SIZE);
    }

    /** {@link MappingTarget} */
    @Override
    public void refresh(long addr, long length) {
        try (var _ = lock.hold()) {
            Sealing.refreshLocked(this, addr, addr + length);
        }
    }

    /** {@link PageHolder} */
    @Override
    public void prepare() {
        Sealing.prepare(this);
    }

    /** {@link PageHolder} */
    @Override
    public void sealed() {
        try (var _ = lock.hold()) {
            for (Vma v : vmas.values()) Sealing.sealLocked(this, v);
        }
    }

    /** {@link PageHolder} */
    @Override
    public void unsealed(IntPredicate moved) {
        Sealing.unseal(this, moved);
    }

    // ---- life

    public MemoryMap share() {
        try (var _ = lock.hold()) {
            users++;
        }
        return this;
    }

    /** True if another task uses it too. */
    public boolean shared() {
        try (var _ = lock.hold()) {
            return isSharedLocked();
        }
    }

    boolean isSharedLocked() {
        return users > 1;
    }

    /** A task has left; the last one gives everything back. */
    public void leave(Caller caller) {
        try (var _ = lock.hold()) {
            if (--users > 0) return;
        }
        space.release();
        clear();
        memory.removeHolder(this);
        releaseFiles(caller);
    }

    private void clear() {
        try (var _ = lock.hold()) {
            for (Vma v : vmas.values()) forgetLocked(v, v.start, v.end);
            vmas.clear();
            found = null;
            totalBytes = 0;
            DroppedPages dropped = new DroppedPages();
            table.visit(0, limit, dropped::add);
            dropped.release();
            table.clear();
            if (executable != null) released.add(executable);
            executable = null;
        }
    }

    /** Tells the mappable that {@code [from, to)} of {@code vma} is not mapped any more. */
    void forgetLocked(Vma vma, long from, long to) {
        Mappable m = vma.mappable;
        if (m == null) return;
        long offset = vma.offset + (from - vma.start);
        if (vma.writableShared()) syncQuietly(m, offset, to - from);
        m.unmapped(this, from, offset, to - from, vma.writableShared());
        if (from == vma.start && to == vma.end && vma.file != null) {
            released.add(vma.file);
            vma.file = null;
        }
    }

    private static void syncQuietly(Mappable m, long offset, long length) {
        try {
            m.sync(offset, length);
        } catch (ErrnoException e) {
            // munmap(2) and exit have no way to report it; msync(2) before has.
        }
    }

    // ---- facts for /proc and execve

    public List<Vma> snapshotOfVmas() {
        try (var _ = lock.hold()) {
            List<Vma> copy = new ArrayList<>();
            for (Vma v : vmas.values()) {
                Vma c = new Vma(v.start, v.end, v.prot);
                c.shared = v.shared;
                c.offset = v.offset;
                c.file = v.file;
                c.name = v.name;
                copy.add(c);
            }
            return copy;
        }
    }

    /** Bytes of address space in use. */
    public long totalBytes() {
        try (var _ = lock.hold()) {
            return totalBytes;
        }
    }

    /** mincore(2): 1 for each page from {@code addr} on that is present; ENOMEM for a hole. */
    public void present(long addr, byte[] vector) throws ErrnoException {
        try (var _ = lock.hold()) {
            for (int i = 0; i < vector.length; i++) {
                long page = addr + ((long) i << Pages.SHIFT);
                if (findLocked(page) == null) throw stasis.abi.Errno.ENOMEM.exception();
                vector[i] = (byte) (table.get(page) != 0 ? 1 : 0);
            }
        }
    }

    /** Pages that are present. */
    public long residentPages() {
        long[] count = {0};
        try (var _ = lock.hold()) {
            for (Vma v : vmas.values()) table.visit(v.start, v.end, (a, p) -> count[0]++);
        }
        return count[0];
    }

    public void setExecutable(FileDescription file) {
        executable = file;
    }

    public @Nullable FileDescription executable() {
        return executable;
    }

    public void setArguments(long start, long end, long envFrom, long envTo, byte[] auxVector) {
        argStart = start;
        argEnd = end;
        envStart = envFrom;
        envEnd = envTo;
        auxv = auxVector;
    }

    public long argStart() {
        return argStart;
    }

    public long argEnd() {
        return argEnd;
    }

    public long envStart() {
        return envStart;
    }

    public long envEnd() {
        return envEnd;
    }

    public byte[] auxv() {
        return auxv;
    }

    /** The highest free range of that size, or 0. */
    public long findFree(long length) {
        try (var _ = lock.hold()) {
            return findFreeLocked(length);
        }
    }

    /** First address beyond what may be mapped. */
    public long limit() {
        return limit;
    }

    /** What /proc/pid/maps calls the vma at {@code addr}. */
    public void nameVma(long addr, String name) {
        try (var _ = lock.hold()) {
            Vma v = findLocked(addr);
            if (v != null) v.name = name;
        }
    }

    /** Where brk(2) starts; called once by the loader. */
    public void setBrk(long addr) {
        try (var _ = lock.hold()) {
            brkStart = brkEnd = addr;
        }
    }

    public long brkStart() {
        return brkStart;
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        platform = restoration.resource(Platform.class);
        memory = restoration.ready(memory);
        if (limit > platform.maxAddress()) {
            throw new IllegalArgumentException("addresses beyond what this platform can map");
        }
        try {
            space = platform.newAddressSpace();
        } catch (PlatformException e) {
            throw new IllegalStateException(e);
        }
        memory.addHolder(this);
    }
}
