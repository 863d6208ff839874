package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import org.jspecify.annotations.Nullable;

import stasis.abi.Fcntl;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The threads that move bytes for the sandbox, or for one exec session. Those of a session end
 * before its descriptors are closed: a thread that is left would go on with a number that belongs
 * to the next session.
 */
final class PumpThreads {
    private static final int EINTR = 4;
    private static final int POLLFD_BYTES = 8;
    private static final int MOST_MILLIS = 1000;

    /** One step of a pump; ends early when interrupted. */
    interface Work {
        void run() throws InterruptedException;
    }

    /** Hung up when the threads are to end; null if they never are. */
    private final HostFd @Nullable [] stop;

    /** Guarded by this. */
    private final List<Thread> threads = new ArrayList<>();

    private volatile boolean ending;

    private PumpThreads(HostFd @Nullable [] stop) {
        this.stop = stop;
    }

    /** As long as the process. */
    static PumpThreads ofSandbox() {
        return new PumpThreads(null);
    }

    /** Until {@link #end}. */
    static PumpThreads ofSession() throws HostException {
        return new PumpThreads(Host.pipe(Fcntl.O_CLOEXEC));
    }

    synchronized void start(String name, Work work) {
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name(name)
                        .unstarted(
                                () -> {
                                    try {
                                        work.run();
                                    } catch (InterruptedException e) {
                                        return; // the session's end
                                    }
                                });
        threads.add(thread);
        thread.start();
    }

    boolean isEnding() {
        return ending;
    }

    /** True when a descriptor is ready, or broken: then the call says how. False: it is the end. */
    boolean await(int fd, int events) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(2 * POLLFD_BYTES, 8); // struct pollfd[2]
            poll.set(JAVA_INT, 0, fd);
            poll.set(JAVA_SHORT, 4, (short) events);
            poll.set(JAVA_INT, POLLFD_BYTES, stop == null ? -1 : stop[0].number());
            long n;
            do {
                n = Host.poll(poll.address(), 2, -1);
            } while (n == -EINTR);
            return n >= 0 && !ending;
        }
    }

    /**
     * Tells the threads to end, and waits for those of a session. What moves now still arrives.
     *
     * @return false if there may be a thread left, inside a call of the host: then the descriptors
     *     have to stay open
     */
    synchronized boolean end() {
        ending = true;
        for (Thread t : threads) t.interrupt();
        if (stop == null) return false;
        stop[1].close();
        try {
            for (Thread t : threads) t.join(MOST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (threads.stream().anyMatch(Thread::isAlive)) return false;
        stop[0].close();
        return true;
    }
}
