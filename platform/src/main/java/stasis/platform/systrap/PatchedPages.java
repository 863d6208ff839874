package stasis.platform.systrap;

import org.jspecify.annotations.Nullable;

import stasis.arch.Pages;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All patched pages of a sandbox. The newest copy of each page is kept when nobody has it mapped,
 * for the next process that runs the same program; the oldest of those go first.
 *
 * <p>Thread-safe. Locks of address spaces are taken before this one.
 */
final class PatchedPages {
    /** Copies that exist at a time. */
    static final int MAX = 2048;

    static final long BYTES = MAX * Pages.SIZE;

    /** Of guest memory and what lies behind: {@link #first} and on. */
    private final MemorySegment memory;

    /** Offset of the first copy. */
    private final long first;

    private final Trampolines trampolines;
    private final ReentrantLock lock = new ReentrantLock();

    /** By age. Guarded by {@link #lock}. */
    private final Map<PatchedPage.Key, PatchedPage> newest = new LinkedHashMap<>();

    /** Offsets of copies. Guarded by {@link #lock}. */
    private final List<Long> free = new ArrayList<>();

    /** Guarded by {@link #lock}. */
    private int made;

    /** Sites that were patched. Guarded by {@link #lock}. */
    private int sites;

    PatchedPages(MemorySegment memory, long first, Trampolines trampolines) {
        this.memory = memory;
        this.first = first;
        this.trampolines = trampolines;
    }

    /** For tests. */
    int sites() {
        lock.lock();
        try {
            return sites;
        } finally {
            lock.unlock();
        }
    }

    MemorySegment page(long offset) {
        return memory.asSlice(offset, Pages.SIZE);
    }

    /** The newest copy if there is one of what the page holds now. To be given back. */
    @Nullable PatchedPage find(PatchedPage.Key key) {
        lock.lock();
        try {
            PatchedPage found = newestOf(key);
            if (found != null) found.users++;
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** Precondition: the lock is held. */
    private @Nullable PatchedPage newestOf(PatchedPage.Key key) {
        PatchedPage found = newest.get(key);
        return found != null && found.isCopyOf(page(key.original())) ? found : null;
    }

    /** A copy with this site patched, beside others. To be given back. Null if it cannot be. */
    @Nullable PatchedPage with(PatchedPage.Key key, SyscallSite site) {
        lock.lock();
        try {
            PatchedPage before = newestOf(key);
            if (before == null || !before.patches(site)) before = extended(key, before, site);
            if (before != null) before.users++;
            return before;
        } finally {
            lock.unlock();
        }
    }

    /** Precondition: the lock is held. */
    private @Nullable PatchedPage extended(
            PatchedPage.Key key, @Nullable PatchedPage before, SyscallSite site) {
        if (before != null && before.conflicts(site)) return null;
        long offset = takeOffset();
        if (offset < 0) return null;
        Trampolines.Slot slot = trampolines.take(new Trampolines.Key(site, key.addr()));
        if (slot == null) {
            free.add(offset);
            return null;
        }
        List<Trampolines.Slot> slots = new ArrayList<>();
        if (before != null) {
            for (Trampolines.Slot s : before.slots) slots.add(trampolines.take(s.key()));
        }
        slots.add(slot);
        PatchedPage page = new PatchedPage(key, offset, slots, page(key.original()), page(offset));
        sites++;
        PatchedPage replaced = newest.remove(key);
        newest.put(key, page);
        if (replaced != null && replaced.users == 0) forget(replaced);
        return page;
    }

    /** Precondition: the lock is held. */
    private long takeOffset() {
        if (!free.isEmpty()) return free.removeLast();
        if (made < MAX) return first + made++ * Pages.SIZE;
        for (PatchedPage p : newest.values()) {
            if (p.users > 0) continue;
            newest.remove(p.key);
            forget(p);
            return free.removeLast();
        }
        return -1;
    }

    /** Somebody more maps it: a process that was cloned. */
    void share(PatchedPage page) {
        lock.lock();
        try {
            page.users++;
        } finally {
            lock.unlock();
        }
    }

    /** It is not mapped any more. */
    void give(PatchedPage page) {
        lock.lock();
        try {
            if (--page.users == 0 && newest.get(page.key) != page) forget(page);
        } finally {
            lock.unlock();
        }
    }

    /** Precondition: the lock is held, nobody maps it, and nobody finds it. */
    private void forget(PatchedPage page) {
        page.slots.forEach(trampolines::give);
        free.add(page.offset);
    }
}
