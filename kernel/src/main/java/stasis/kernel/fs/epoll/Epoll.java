package stasis.kernel.fs.epoll;

import static stasis.abi.Errno.EEXIST;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ELOOP;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLRDNORM;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.AnonymousInode;
import stasis.kernel.lock.LockRank;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.AfterRestore;
import stasis.state.BeforeSave;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An interest list and what of it may be ready, epoll(7). Whoever has news puts its item on the
 * list of the ready without a lock; whoever asks goes through that list only.
 */
@Saved("epoll.Epoll")
public final class Epoll implements FileImpl {
    /** Like Linux's EP_MAX_NESTS. */
    private static final int MAX_NESTING = 5;

    @NotSaved("made anew; nobody holds a lock in a snapshot")
    private final RankedLock lock = new RankedLock(LockRank.EPOLL);

    @NotSaved("made anew; waiting calls are made again")
    private final WaitQueue waitQueue = new WaitQueue();

    private AnonymousInode inode;

    /**
     * By descriptor, which several open files may have had in turn (one closed while a copy of it
     * lived on). Guarded by {@link #lock}.
     */
    private Map<Integer, List<EpollItem>> items = new LinkedHashMap<>();

    /** Instances that this one is in, once for each item. Guarded by {@link #lock}. */
    private List<Epoll> outers = new ArrayList<>();

    /** Of items whose {@link EpollItem#listed} is set. */
    @NotSaved("filled from savedReady")
    private final ConcurrentLinkedQueue<EpollItem> ready = new ConcurrentLinkedQueue<>();

    private List<EpollItem> savedReady = new ArrayList<>();

    /** Counts the looks at {@link #ready}. Guarded by {@link #lock}. */
    @NotSaved("only within one call")
    private long look;

    @SuppressWarnings("NullAway.Init")
    private Epoll() {}

    public Epoll(AnonymousInode inode) {
        this.inode = inode;
    }

    // ---- the interest list ----

    /** EPOLL_CTL_ADD. */
    public void add(FileDescription file, int fd, int events, long data) throws ErrnoException {
        if (file.impl() == this) throw EINVAL.exception();
        if (file.impl().waitQueue() == null) throw EPERM.exception();
        EpollItem item = new EpollItem(this, file, fd, events, data);
        if (!(file.impl() instanceof Epoll inner)) {
            add(item);
            return;
        }
        try (var _ = inode.home().nestingLock().hold()) {
            checkNesting(inner);
            add(item);
        }
    }

    private void add(EpollItem item) throws ErrnoException {
        try (var _ = lock.hold()) {
            if (findLocked(item.file(), item.fd()) != null) throw EEXIST.exception();
            items.computeIfAbsent(item.fd(), _ -> new ArrayList<>(1)).add(item);
            item.register();
            if (item.file().impl() instanceof Epoll inner) inner.addOuter(this);
            if (item.ready() != 0) list(item);
        }
    }

    /** EPOLL_CTL_MOD. */
    public void modify(FileDescription file, int fd, int events, long data) throws ErrnoException {
        try (var _ = lock.hold()) {
            EpollItem item = requiredLocked(file, fd);
            item.change(events, data);
            if (item.ready() != 0) list(item);
        }
    }

    /** EPOLL_CTL_DEL. */
    public void remove(FileDescription file, int fd) throws ErrnoException {
        try (var _ = lock.hold()) {
            dropLocked(requiredLocked(file, fd));
        }
    }

    /** The file of {@code item} is gone. */
    void drop(EpollItem item) {
        try (var _ = lock.hold()) {
            dropLocked(item);
        }
    }

    private @Nullable EpollItem findLocked(FileDescription file, int fd) {
        List<EpollItem> sameFd = items.get(fd);
        if (sameFd == null) return null;
        for (EpollItem item : sameFd) if (item.is(file, fd)) return item;
        return null;
    }

    private EpollItem requiredLocked(FileDescription file, int fd) throws ErrnoException {
        EpollItem item = findLocked(file, fd);
        if (item == null) throw ENOENT.exception();
        return item;
    }

    private List<EpollItem> allLocked() {
        List<EpollItem> all = new ArrayList<>();
        for (List<EpollItem> sameFd : items.values()) all.addAll(sameFd);
        return all;
    }

    private void dropLocked(EpollItem item) {
        List<EpollItem> sameFd = items.get(item.fd());
        if (sameFd == null || !sameFd.remove(item)) return;
        if (sameFd.isEmpty()) items.remove(item.fd());
        item.unregister();
        if (item.listed.getAndSet(true)) ready.remove(item);
        if (item.file().impl() instanceof Epoll inner) inner.removeOuter(this);
    }

    // ---- nesting ----

    private void addOuter(Epoll outer) {
        try (var _ = lock.holdSecond()) {
            outers.add(outer);
        }
    }

    private void removeOuter(Epoll outer) {
        try (var _ = lock.holdSecond()) {
            outers.remove(outer);
        }
    }

    /** Like Linux's ep_loop_check: no circle, and no chain of more than MAX_NESTING. */
    private void checkNesting(Epoll inner) throws ErrnoException {
        if (inner.reaches(this)) throw ELOOP.exception();
        if (inner.levelsBelow() + levelsAbove() > MAX_NESTING - 2) throw ELOOP.exception();
    }

    private List<Epoll> inners() {
        try (var _ = lock.hold()) {
            List<Epoll> all = new ArrayList<>();
            for (EpollItem item : allLocked()) {
                if (item.file().impl() instanceof Epoll e) all.add(e);
            }
            return all;
        }
    }

    private List<Epoll> outers() {
        try (var _ = lock.hold()) {
            return new ArrayList<>(outers);
        }
    }

    private boolean reaches(Epoll wanted) {
        if (this == wanted) return true;
        for (Epoll e : inners()) if (e.reaches(wanted)) return true;
        return false;
    }

    private int levelsBelow() {
        int most = 0;
        for (Epoll e : inners()) most = Math.max(most, 1 + e.levelsBelow());
        return most;
    }

    private int levelsAbove() {
        int most = 0;
        for (Epoll e : outers()) most = Math.max(most, 1 + e.levelsAbove());
        return most;
    }

    // ---- what is ready ----

    /** By any thread, with or without locks. */
    void list(EpollItem item) {
        if (item.listed.getAndSet(true)) return;
        ready.add(item);
        waitQueue.wake(POLLIN | POLLRDNORM);
    }

    /**
     * Gives {@code sink} what is ready, at most {@code most}; what is still ready and
     * level-triggered stays for the next call, behind the rest.
     *
     * @return how many were given
     */
    public int collect(int most, EpollSink sink) {
        try (var _ = lock.holdSecond()) {
            long mine = ++look;
            List<EpollItem> again = new ArrayList<>();
            int given = 0;
            EpollItem item;
            while (given < most && (item = ready.poll()) != null) {
                if (item.seenBy == mine) {
                    again.add(item);
                    continue;
                }
                item.seenBy = mine;
                item.listed.set(false);
                int events = item.ready();
                if (events == 0) continue;
                sink.event(events, item.data());
                given++;
                item.reported();
                if (item.staysListed() && !item.listed.getAndSet(true)) again.add(item);
            }
            ready.addAll(again);
            return given;
        }
    }

    /** Looks without taking: an item that turns out not to be ready leaves the list. */
    @Override
    public int readiness() {
        try (var _ = lock.holdSecond()) {
            EpollItem item;
            while ((item = ready.peek()) != null) {
                if (item.ready() != 0) return POLLIN | POLLRDNORM;
                ready.poll();
                item.listed.set(false);
                if (item.ready() != 0) list(item);
            }
            return 0;
        }
    }

    @Override
    public WaitQueue waitQueue() {
        return waitQueue;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public void release(Caller caller) {
        try (var _ = lock.hold()) {
            for (EpollItem item : allLocked()) dropLocked(item);
        }
    }

    @BeforeSave
    private void freeze() {
        savedReady = new ArrayList<>(ready);
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        for (List<EpollItem> sameFd : items.values()) {
            for (EpollItem item : sameFd) {
                item.register();
            }
        }
        for (EpollItem item : savedReady) if (!item.listed.getAndSet(true)) ready.add(item);
        savedReady = new ArrayList<>();
    }
}
