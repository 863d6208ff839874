package stasis.platform.systrap;

import stasis.arch.Access;
import stasis.arch.Pages;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which pages of a process are patched, and where that may be done. Follows every change of its
 * mappings. The space's lock guards the fields but where it says otherwise.
 */
final class SpacePatches {
    /** Queues a mapping of pages behind guest memory. */
    interface Mapper {
        void map(long addr, long length, long offset, int access);
    }

    /** Code that nobody changes while it is mapped. */
    private record Code(long end, long offset) {}

    private static final int READ_EXECUTE = Access.READ | Access.EXECUTE;

    private final PatchedPages pages;

    /** By start. */
    private final TreeMap<Long, Code> code = new TreeMap<>();

    /** By address. */
    private final TreeMap<Long, PatchedPage> patched = new TreeMap<>();

    /** Not to be mapped any more once the queue has been flushed. */
    private final List<PatchedPage> dropped = new ArrayList<>();

    /** Addresses behind calls to where the comparison is. Any thread reads it. */
    private final Map<Long, Long> tails = new ConcurrentHashMap<>();

    /** The guest uses its GS base. Any thread reads it. */
    private volatile boolean disabled;

    SpacePatches(PatchedPages pages) {
        this.pages = pages;
    }

    boolean isEmpty() {
        return patched.isEmpty();
    }

    // ---- mappings change

    /** A clone of the process that {@code other} is for. */
    void copyOf(SpacePatches other) {
        code.putAll(other.code);
        patched.putAll(other.patched);
        tails.putAll(other.tails);
        patched.values().forEach(pages::share);
        disabled = other.disabled;
    }

    /** What was there is not any more, once that has been flushed. */
    void unmapped(long addr, long length) {
        if (code.isEmpty()) return;
        long end = addr + length;
        Map.Entry<Long, Code> before = code.lowerEntry(addr);
        if (before != null && before.getValue().end > addr) cut(before.getKey(), addr, end);
        for (Map.Entry<Long, Code> e = code.ceilingEntry(addr);
                e != null && e.getKey() < end;
                e = code.ceilingEntry(addr)) {
            cut(e.getKey(), addr, end);
        }
        Map<Long, PatchedPage> gone = patched.subMap(addr, end);
        gone.values().forEach(this::drop);
        gone.clear();
    }

    /** What is left of the code at {@code start} outside {@code [from, to)}. */
    private void cut(long start, long from, long to) {
        Code all = code.remove(start);
        if (all == null) return;
        if (start < from) code.put(start, new Code(from, all.offset));
        if (to < all.end) code.put(to, new Code(all.end, all.offset + (to - start)));
    }

    private void drop(PatchedPage page) {
        dropped.add(page);
        for (Trampolines.Slot s : page.slots) tails.remove(s.key().behind());
    }

    /** Pages for which there is a patched copy are replaced by it at once. */
    void mapped(long addr, long length, long offset, int access, Mapper mapper) {
        unmapped(addr, length);
        boolean steady = (access & Access.STEADY) != 0 && (access & Access.WRITE) == 0;
        if (disabled || !steady || (access & READ_EXECUTE) != READ_EXECUTE) return;
        code.put(addr, new Code(addr + length, offset));
        for (long at = 0; at < length; at += Pages.SIZE) {
            PatchedPage p = pages.find(new PatchedPage.Key(addr + at, offset + at));
            if (p != null) put(p, mapper);
        }
    }

    private void put(PatchedPage page, Mapper mapper) {
        long addr = page.key.addr();
        PatchedPage before = patched.put(addr, page);
        if (before != null) drop(before);
        for (Trampolines.Slot s : page.slots) {
            if (s.tail() != 0) tails.put(s.key().behind(), s.tail());
        }
        mapper.map(addr, Pages.SIZE, page.offset, READ_EXECUTE);
    }

    /** Before rights change: pages that guest code could write become the original ones. */
    void protect(long addr, long length, int access, Mapper mapper) {
        if (access == READ_EXECUTE) return;
        for (PatchedPage p : new ArrayList<>(patched.subMap(addr, addr + length).values())) {
            mapper.map(p.key.addr(), Pages.SIZE, p.key.original(), READ_EXECUTE);
        }
        unmapped(addr, length);
    }

    /** Nobody runs under what was there before. */
    void flushed() {
        dropped.forEach(pages::give);
        dropped.clear();
    }

    /** The process is gone. */
    void ended() {
        patched.values().forEach(this::drop);
        patched.clear();
        flushed();
    }

    // ---- sites

    /** A site at which many calls were made by signal. */
    void patch(long rip, long rax, long r8, Mapper mapper) {
        long addr = Pages.down(rip - 1);
        Map.Entry<Long, Code> e = code.floorEntry(addr);
        if (disabled || e == null || e.getValue().end <= addr) return;
        long original = e.getValue().offset + (addr - e.getKey());
        SyscallSite site = SyscallSite.of(pages.page(original), (int) (rip - addr), rax, r8);
        if (site == null) return;
        PatchedPage page = pages.with(new PatchedPage.Key(addr, original), site);
        if (page != null) put(page, mapper);
    }

    /** All pages become the original ones, for good. */
    void disable(Mapper mapper) {
        disabled = true;
        for (PatchedPage p : patched.values()) {
            mapper.map(p.key.addr(), Pages.SIZE, p.key.original(), READ_EXECUTE);
            drop(p);
        }
        patched.clear();
        code.clear();
    }

    // ---- any thread

    boolean isDisabled() {
        return disabled;
    }

    /** Where a thread has to go that is to go on at {@code rip}. */
    long entry(long rip) {
        if (tails.isEmpty()) return rip;
        Long tail = tails.get(rip);
        return tail == null ? rip : tail;
    }
}
