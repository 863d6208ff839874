package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EBADF;
import static stasis.abi.Poll.POLLNVAL;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.wait.WaitQueue;
import stasis.kernel.wait.Waiter;

import java.util.ArrayList;
import java.util.List;

/** What poll(2) and select(2) wait for: descriptors, the events wanted and those found. */
final class Polling {
    private record Registration(WaitQueue queue, Waiter waiter) {}

    private final Task task;
    private final @Nullable FileImpl[] files;
    private final int[] wanted;
    private final int[] found;
    private final boolean[] invalid;
    private final List<Registration> registrations = new ArrayList<>();
    private int size;

    /** Events that are told whether wanted or not. */
    private final int always;

    /**
     * @param most how many descriptors may be added
     * @param always events that are told whether wanted or not: POLLERR and POLLHUP for poll(2)
     */
    Polling(Task task, int most, int always) {
        this.task = task;
        this.always = always;
        this.files = new @Nullable FileImpl[most];
        this.wanted = new int[most];
        this.found = new int[most];
        this.invalid = new boolean[most];
    }

    /** A negative descriptor is skipped; one that is not open is found to be POLLNVAL. */
    void add(int fd, int events) {
        if (fd >= 0) {
            FileDescription file = task.fdTable().peek(fd);
            if (file == null) invalid[size] = true;
            else files[size] = file.impl();
        }
        wanted[size++] = events;
    }

    /** As {@link #add}, but EBADF if it is not open. */
    void addOpen(FdTable table, int fd, int events) throws ErrnoException {
        if (table.peek(fd) == null) throw EBADF.exception();
        add(fd, events);
    }

    int size() {
        return size;
    }

    int found(int i) {
        return found[i];
    }

    /**
     * Waits until something is found or guest time is {@code deadline}.
     *
     * @return how many have something
     */
    int await(long deadline, boolean wait, RestartException kind) throws RestartException {
        int ready = look();
        if (ready > 0 || !wait) return ready;
        register();
        try {
            for (; ; ) {
                task.prepareSleep();
                ready = look();
                if (ready > 0 || !task.sleep(deadline, kind)) return ready;
            }
        } finally {
            for (Registration r : registrations) r.queue.remove(r.waiter);
        }
    }

    private int look() {
        int ready = 0;
        for (int i = 0; i < size; i++) {
            FileImpl file = files[i];
            int now = invalid[i] ? POLLNVAL : 0;
            if (file != null) now = file.readiness() & (wanted[i] | always);
            found[i] = now;
            if (now != 0) ready++;
        }
        return ready;
    }

    private void register() {
        for (int i = 0; i < size; i++) {
            FileImpl file = files[i];
            WaitQueue queue = file == null ? null : file.waitQueue();
            if (queue == null) continue;
            Waiter waiter = new Waiter(task, wanted[i] | always);
            queue.add(waiter);
            registrations.add(new Registration(queue, waiter));
        }
    }
}
