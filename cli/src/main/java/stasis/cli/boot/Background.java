package stasis.cli.boot;

import stasis.host.Host;
import stasis.host.Nr;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Work of the sentry's own while the guest runs: the guest comes first. */
final class Background {
    /** For what the guest asks for if it needs it. */
    private static final int NICE = 10;

    /** For what the guest pays for as long as it takes. */
    private static final int WORK_NICE = 4;

    private Background() {}

    /** The rest of the calling thread's life. */
    static void begin() {
        become(NICE);
    }

    /** setpriority(2), PRIO_PROCESS, this thread; those that it starts have it from it. */
    private static void become(int nice) {
        Host.syscall(Nr.SETPRIORITY, 0, 0, nice);
    }

    /** Whoever interrupts this thread interrupts the work. */
    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /** Returns when it is done. */
    static <T> T run(String name, Callable<T> work) throws IOException {
        FutureTask<T> task =
                new FutureTask<>(
                        () -> {
                            become(WORK_NICE);
                            return work.call();
                        });
        Thread thread = Thread.ofPlatform().daemon().name(name).start(task);
        try {
            join(thread);
            return task.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e); // it is done
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) throw io;
            if (e.getCause() instanceof RuntimeException own) throw own;
            throw new IllegalStateException(e.getCause());
        }
    }
}
