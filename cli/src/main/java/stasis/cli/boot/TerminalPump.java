package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Poll;
import stasis.host.Host;
import stasis.host.HostFd;
import stasis.kernel.fs.tty.Terminal;
import stasis.kernel.fs.tty.WindowSize;
import stasis.kernel.wait.Waiter;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Connects a terminal of the sandbox with one of the host (or any two descriptors): types what
 * comes in, carries out what is to be shown, and hands on the size. The host's terminal is raw
 * meanwhile.
 */
final class TerminalPump implements Outside {
    private static final int CHUNK = 4096;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final long SIZE_EVERY_NANOS = 250_000_000;

    private final Terminal terminal;
    private final HostFd in;
    private final HostFd out;
    private final byte @Nullable [] before;
    private final PumpThreads threads;
    private volatile boolean writing;

    /** Held while the terminal is changed from here. */
    private final ReentrantLock gate = new ReentrantLock();

    TerminalPump(Terminal terminal, HostFd in, HostFd out, PumpThreads threads) {
        this.terminal = terminal;
        this.in = in;
        this.out = out;
        this.threads = threads;
        before = Terminals.settings(in.number());
    }

    void start() {
        if (before != null) Terminals.makeRaw(in.number());
        handOnSize();
        threads.start("terminal-in", this::type);
        threads.start("terminal-out", this::show);
        threads.start("terminal-size", this::watchSize);
    }

    private void handOnSize() {
        WindowSize size = Terminals.size(in.number());
        if (size == null || size.equals(terminal.size())) return;
        gate.lock();
        try {
            terminal.setSize(size);
        } finally {
            gate.unlock();
        }
    }

    /** Whose terminal it is gets SIGWINCH, which is not us. */
    private void watchSize() {
        while (!threads.isEnding()) {
            LockSupport.parkNanos(SIZE_EVERY_NANOS);
            if (!threads.isEnding()) handOnSize();
        }
    }

    private void type() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(CHUNK);
            while (threads.await(in.number(), Poll.POLLIN)) {
                long n = Host.read(in.number(), bytes);
                if (n == -EINTR || n == -EAGAIN) continue;
                if (n <= 0) return;
                type(bytes.asSlice(0, n));
            }
        }
    }

    private void type(MemorySegment all) {
        for (long done = 0; done < all.byteSize() && !threads.isEnding(); ) {
            try {
                done += typeSome(all, done);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EAGAIN) return;
                await(() -> (terminal.masterReadiness() & Poll.POLLOUT) != 0);
            }
        }
    }

    private void show() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(CHUNK);
            while (!threads.isEnding()) {
                await(() -> (terminal.masterReadiness() & (Poll.POLLIN | Poll.POLLHUP)) != 0);
                writing = true;
                long n;
                try {
                    n = showSome(bytes);
                } catch (ErrnoException e) {
                    writing = false;
                    if (e.errno() == Errno.EAGAIN) continue;
                    return; // nobody has it open any more
                }
                boolean good = write(out.number(), bytes.asSlice(0, n));
                writing = false;
                if (!good) return;
            }
        }
    }

    private long typeSome(MemorySegment all, long from) throws ErrnoException {
        gate.lock();
        try {
            return terminal.type(all, from, all.byteSize() - from);
        } finally {
            gate.unlock();
        }
    }

    private long showSome(MemorySegment bytes) throws ErrnoException {
        gate.lock();
        try {
            return terminal.show(bytes, 0, CHUNK);
        } finally {
            gate.unlock();
        }
    }

    @Override
    public void suspend() {
        gate.lock();
    }

    @Override
    public void resume() {
        gate.unlock();
    }

    private boolean write(int fd, MemorySegment all) {
        for (long done = 0; done < all.byteSize(); ) {
            long n = Host.write(fd, all.asSlice(done));
            if (n == -EINTR || n == -EAGAIN && threads.await(fd, Poll.POLLOUT)) continue;
            if (n <= 0) return false;
            done += n;
        }
        return true;
    }

    private void await(BooleanSupplier condition) {
        Thread me = Thread.currentThread();
        Waiter waiter = new Waiter((w, events) -> LockSupport.unpark(me), -1);
        terminal.masterQueue().add(waiter);
        try {
            while (!condition.getAsBoolean() && !threads.isEnding()) LockSupport.park(this);
        } finally {
            terminal.masterQueue().remove(waiter);
        }
    }

    /** Shows what is left, and gives the host's terminal back as it was. */
    void end() throws InterruptedException {
        for (int i = 0; i < 1000 && (writing || hasMore()); i++)
            Thread.sleep(i < 20 ? 0 : 1, 100_000);
        threads.end();
        if (before != null) Terminals.set(in.number(), before);
    }

    /** What was saved is not shown as well. */
    private boolean hasMore() {
        return !gate.isLocked() && (terminal.masterReadiness() & Poll.POLLIN) != 0;
    }

    /** All that is known of a console's other end. */
    record Ends(HostFd in, HostFd out) {}
}
