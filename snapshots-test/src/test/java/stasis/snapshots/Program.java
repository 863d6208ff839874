package stasis.snapshots;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** A command of this machine while it runs. Whoever waits for it gives up after a minute. */
final class Program {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final Text output = new Text();
    private final Text errors = new Text();
    private final Thread readsOutput;
    private final Thread readsErrors;

    Program(Process process) {
        this.process = process;
        readsOutput = reader(() -> output.readAll(process.getInputStream()));
        readsErrors = reader(() -> errors.readAll(process.getErrorStream()));
    }

    /** No virtual thread: it would keep a processor's carrier, and there are few. */
    private static Thread reader(Runnable reads) {
        return Thread.ofPlatform().daemon().start(reads);
    }

    /** What somebody writes while somebody else waits for it. */
    private static final class Text {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final StringBuilder text = new StringBuilder();
        private boolean ended;

        void readAll(InputStream from) {
            byte[] chunk = new byte[8192];
            try {
                int n;
                while ((n = from.read(chunk)) >= 0) {
                    add(new String(chunk, 0, n, StandardCharsets.ISO_8859_1), false);
                }
            } catch (IOException e) {
                add("", true); // closed by kill
                return;
            }
            add("", true);
        }

        private void add(String more, boolean end) {
            lock.lock();
            try {
                text.append(more);
                ended = end;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        String get() {
            lock.lock();
            try {
                return text.toString();
            } finally {
                lock.unlock();
            }
        }

        /** False if it ended before, or takes too long. */
        boolean await(Predicate<String> wanted) throws InterruptedException {
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            lock.lock();
            try {
                while (!wanted.test(text.toString())) {
                    if (ended || left <= 0) return false;
                    left = changed.awaitNanos(left);
                }
                return true;
            } finally {
                lock.unlock();
            }
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Everything so far, a character per byte. */
    String output() {
        return output.get();
    }

    String errors() {
        return errors.get();
    }

    void awaitOutput(Predicate<String> wanted) throws InterruptedException {
        if (output.await(wanted)) return;
        throw new AssertionError("wrote \"" + tail(output()) + "\", errors: " + errors());
    }

    void awaitErrors(Predicate<String> wanted) throws InterruptedException {
        if (errors.await(wanted)) return;
        throw new AssertionError("errors: \"" + errors() + "\", wrote " + tail(output()));
    }

    private static String tail(String text) {
        return text.length() < 2000 ? text : "..." + text.substring(text.length() - 2000);
    }

    void input(String text) throws IOException {
        OutputStream to = process.getOutputStream();
        to.write(text.getBytes(StandardCharsets.ISO_8859_1));
        to.flush();
    }

    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** As a shell sees it. All that was written is here then. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("does not end: " + process.info() + " " + errors());
        }
        readsOutput.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        readsErrors.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        return process.exitValue();
    }

    void signal(String name) throws Exception {
        signal(process.pid(), name);
    }

    static void signal(long pid, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
    }

    void kill() {
        process.destroyForcibly();
    }
}
