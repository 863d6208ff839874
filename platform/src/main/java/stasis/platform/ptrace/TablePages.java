package stasis.platform.ptrace;

import stasis.arch.Pages;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.MemfdFile;
import stasis.platform.PlatformException;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/** The file of call tables, one page for each address space; the first is the master's. */
final class TablePages implements AutoCloseable {
    private static final int PAGES = 1 << 16;

    private final MemfdFile file;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    /** Guarded by {@link #lock}. */
    private int used = 1;

    TablePages() throws HostException {
        file = new MemfdFile("stub-tables", PAGES * Pages.SIZE);
    }

    HostFd fd() {
        return file.fd();
    }

    int take() throws PlatformException {
        lock.lock();
        try {
            Integer page = free.poll();
            if (page != null) return page;
            if (used == PAGES) throw new PlatformException("65,535 address spaces are in use");
            return used++;
        } finally {
            lock.unlock();
        }
    }

    void give(int page) {
        lock.lock();
        try {
            free.push(page);
        } finally {
            lock.unlock();
        }
    }

    MemorySegment page(int page) {
        return file.mapping().asSlice(page * Pages.SIZE, Pages.SIZE);
    }

    @Override
    public void close() {
        file.close();
    }
}
