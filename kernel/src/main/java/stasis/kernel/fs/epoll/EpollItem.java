package stasis.kernel.fs.epoll;

import static stasis.abi.Epoll.EPOLLERR;
import static stasis.abi.Epoll.EPOLLET;
import static stasis.abi.Epoll.EPOLLHUP;
import static stasis.abi.Epoll.EPOLLONESHOT;

import org.jspecify.annotations.Nullable;

import stasis.kernel.vfs.CloseWatcher;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.wait.WaitQueue;
import stasis.kernel.wait.WaitTarget;
import stasis.kernel.wait.Waiter;
import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.concurrent.atomic.AtomicBoolean;

/** One open file, under one descriptor number, in one interest list. */
@Saved("epoll.EpollItem")
public final class EpollItem implements WaitTarget, CloseWatcher {
    private static final int ALWAYS = EPOLLERR | EPOLLHUP;

    private Epoll epoll;
    private FileDescription file;
    private int fd;

    /** As given to epoll_ctl(2). Guarded by the epoll's lock for changes. */
    private volatile int events;

    /** {@code epoll_data}. Guarded by the epoll's lock. */
    private long data;

    /** EPOLLONESHOT has reported. Guarded by the epoll's lock for changes. */
    private volatile boolean disabled;

    /** On the epoll's list of what may be ready. */
    @NotSaved("the epoll saves its list")
    final AtomicBoolean listed = new AtomicBoolean();

    /** The look at the list that has already seen this item. Guarded by the epoll's lock. */
    @NotSaved("only within one call")
    long seenBy;

    @NotSaved("registers again")
    private @Nullable Waiter waiter;

    @SuppressWarnings("NullAway.Init")
    private EpollItem() {}

    EpollItem(Epoll epoll, FileDescription file, int fd, int events, long data) {
        this.epoll = epoll;
        this.file = file;
        this.fd = fd;
        this.events = events;
        this.data = data;
    }

    FileDescription file() {
        return file;
    }

    int fd() {
        return fd;
    }

    long data() {
        return data;
    }

    boolean is(FileDescription wanted, int number) {
        return file == wanted && fd == number;
    }

    void change(int newEvents, long newData) {
        events = newEvents;
        data = newData;
        disabled = false;
    }

    /** False if only news put it on the list again, not its state. */
    boolean staysListed() {
        return (events & EPOLLET) == 0 && !disabled;
    }

    /** What it would report now, 0 for nothing. */
    int ready() {
        if (disabled) return 0;
        return file.impl().readiness() & (events | ALWAYS) & ~(EPOLLET | EPOLLONESHOT);
    }

    /** It was reported; with EPOLLONESHOT that was all. */
    void reported() {
        if ((events & EPOLLONESHOT) != 0) disabled = true;
    }

    void register() {
        file.watchClose(this);
        WaitQueue queue = file.impl().waitQueue();
        if (queue == null) return;
        Waiter mine = new Waiter(this, -1);
        waiter = mine;
        queue.add(mine);
    }

    void unregister() {
        file.unwatchClose(this);
        WaitQueue queue = file.impl().waitQueue();
        Waiter mine = waiter;
        if (queue != null && mine != null) queue.remove(mine);
    }

    @Override
    public void closed(FileDescription closed) {
        epoll.drop(this);
    }

    @Override
    public void ready(Waiter told, int what) {
        if (disabled || (what & (events | ALWAYS)) == 0) return;
        epoll.list(this);
    }
}
