package stasis.snapshots;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.Nr;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** A terminal of this machine, pty(7), at whose keyboard a test sits. */
final class Pty implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final int AT_FDCWD = -100;
    private static final int O_RDWR_NOCTTY_CLOEXEC = 2 | 0x100 | 0x80000;
    private static final int TCGETS = 0x5401;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int TIOCGPTN = 0x80045430;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TERMIOS_BYTES = 36; // struct termios of the kernel
    private static final int EINTR = 4;

    private final int master;
    private final int slave;
    private final File path;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final StringBuilder shown = new StringBuilder();

    Pty() throws Exception {
        this(open("/dev/ptmx"));
    }

    /**
     * @param master of a terminal that somebody else has made
     */
    Pty(int master) throws Exception {
        this.master = master;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            ioctl(TIOCSPTLCK, number);
            ioctl(TIOCGPTN, number);
            path = new File("/dev/pts/" + number.get(JAVA_INT, 0));
        }
        slave = open(path.toString()); // without it, reading fails between two programs
        Thread.ofPlatform().daemon().name("pty").start(this::readAll);
    }

    private static int open(String path) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            long at = arena.allocateFrom(path).address();
            long fd = Host.syscall(Nr.OPENAT, AT_FDCWD, at, O_RDWR_NOCTTY_CLOEXEC);
            return (int) HostException.check(fd, "open " + path);
        }
    }

    private void ioctl(int request, MemorySegment argument) throws HostException {
        long result = Host.syscall(Nr.IOCTL, master, request & 0xffff_ffffL, argument.address());
        HostException.check(result, "ioctl");
    }

    private void readAll() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(8192);
            while (true) {
                long n = Host.read(master, bytes);
                if (n == -EINTR) continue;
                if (n <= 0) return;
                byte[] text = bytes.asSlice(0, n).toArray(JAVA_BYTE);
                lock.lock();
                try {
                    shown.append(new String(text, StandardCharsets.ISO_8859_1));
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    /** A program in a session of its own, whose terminal this is. */
    Process start(List<String> command) throws IOException {
        List<String> all = new java.util.ArrayList<>(List.of("setsid", "--ctty", "--wait"));
        all.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(all)
                        .redirectInput(path)
                        .redirectOutput(path)
                        .redirectError(path);
        builder.environment().put("STASIS_NO_BUILD", "1");
        return builder.start();
    }

    void type(String text) throws HostException {
        Host.writeAll(master, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void setSize(int rows, int columns) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(8, 8); // struct winsize
            size.set(JAVA_SHORT, 0, (short) rows);
            size.set(JAVA_SHORT, 2, (short) columns);
            ioctl(TIOCSWINSZ, size);
        }
    }

    /** As {@code struct termios}. */
    List<Byte> settings() throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_BYTES, 8);
            ioctl(TCGETS, termios);
            List<Byte> bytes = new java.util.ArrayList<>();
            for (byte b : termios.toArray(JAVA_BYTE)) bytes.add(b);
            return bytes;
        }
    }

    /** Everything that was shown since the last {@link #clear}. */
    String shown() {
        lock.lock();
        try {
            return shown.toString();
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            shown.setLength(0);
        } finally {
            lock.unlock();
        }
    }

    void await(String text) throws InterruptedException {
        await(s -> s.contains(text), text);
    }

    void await(Predicate<String> wanted, String what) throws InterruptedException {
        long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        lock.lock();
        try {
            while (!wanted.test(shown.toString())) {
                if (left <= 0) throw new AssertionError("no " + what + " in: " + shown);
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    static int exitCode(Process process) throws InterruptedException {
        if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) return process.exitValue();
        throw new AssertionError("does not end: " + process.info());
    }

    @Override
    public void close() {
        Host.close(slave);
        Host.close(master);
    }
}
