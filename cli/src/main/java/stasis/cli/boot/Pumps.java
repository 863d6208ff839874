package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.host.HostFd;
import stasis.kernel.fs.host.HostStream;
import stasis.kernel.fs.host.HostStreams;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves bytes between host descriptors and the sandbox's streams, a thread for each direction.
 * Slots that a restored sandbox knows and nobody gave a descriptor for are told so.
 */
final class Pumps implements HostStreams, Outside {
    private static final int EINTR = 4;
    private static final int EIO = 5;
    private static final int EAGAIN = 11;
    private static final int CHUNK = 64 << 10;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;

    private record Slot(HostFd fd, boolean input, boolean output) {}

    private record Pair(HostStream stream, Slot slot) {}

    private final PumpThreads threads;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final List<Pair> waiting = new ArrayList<>();
    private final List<HostStream> streams = new ArrayList<>();

    Pumps(PumpThreads threads) {
        this.threads = threads;
    }

    /** What is outside under this name. */
    synchronized void plug(String slot, HostFd fd, boolean input, boolean output) {
        slots.put(slot, new Slot(fd, input, output));
    }

    /** A stream of the sandbox for what was plugged. */
    synchronized HostStream stream(String name) {
        HostStream stream = new HostStream(name);
        attach(stream);
        return stream;
    }

    @Override
    public synchronized void attach(HostStream stream) {
        Slot slot = slots.get(stream.slot());
        if (slot == null) {
            stream.inputEnded();
            stream.outputFailed();
            return;
        }
        waiting.add(new Pair(stream, slot));
    }

    /** Starts the threads of all streams that are connected and have none yet. */
    synchronized void start() {
        for (Pair p : waiting) {
            streams.add(p.stream);
            if (p.slot.input) thread(p, this::readAll);
            if (p.slot.output) thread(p, this::writeAll);
        }
        waiting.clear();
    }

    private interface Work {
        void on(HostStream stream, int fd) throws InterruptedException;
    }

    private void thread(Pair p, Work work) {
        int fd = p.slot.fd.number();
        threads.start("pump-" + p.stream.slot(), () -> work.on(p.stream, fd));
    }

    private void readAll(HostStream stream, int fd) throws InterruptedException {
        byte[] bytes = new byte[CHUNK];
        try (Arena arena = Arena.ofConfined()) {
            ReadyIo io = new ReadyIo(arena, fd, CHUNK);
            long n = 1;
            while (n > 0 || n == -EAGAIN || n == -EINTR) {
                stream.awaitRoom();
                if (!threads.await(fd, POLLIN)) break;
                n = stream.bringIn(bytes, io::read);
            }
        }
        stream.inputEnded();
    }

    private void writeAll(HostStream stream, int fd) throws InterruptedException {
        byte[] bytes = new byte[CHUNK];
        try (Arena arena = Arena.ofConfined()) {
            ReadyIo io = new ReadyIo(arena, fd, CHUNK);
            while (stream.awaitOutput()) {
                long n = threads.await(fd, POLLOUT) ? stream.carryOut(bytes, io::write) : -EIO;
                if (n < 0 && n != -EAGAIN && n != -EINTR) {
                    stream.outputFailed();
                    return;
                }
            }
        }
    }

    /** Waits until what programs wrote is outside, as long as somebody outside takes it. */
    void drain() throws InterruptedException {
        int before = -1;
        int idle = 0;
        while (idle < 1000) {
            int pending = pending();
            if (pending == 0) return;
            idle = pending == before ? idle + 1 : 0;
            before = pending;
            Thread.sleep(idle < 20 ? 0 : 1, 100_000);
        }
    }

    /** The end of a session: programs that are left read the end, and write to nobody. */
    void end() {
        threads.end();
        List<HostStream> all;
        synchronized (this) {
            all = List.copyOf(streams);
        }
        for (HostStream s : all) {
            s.inputEnded();
            s.outputFailed();
        }
    }

    /** What is pending is saved. */
    @Override
    public synchronized void suspend() throws InterruptedException, Failure {
        for (HostStream s : streams) {
            if (s.suspend()) continue;
            resume();
            throw new Failure(
                    ExitCode.FAILED, s.slot() + " is busy: somebody else reads or writes it");
        }
    }

    @Override
    public synchronized void resume() {
        for (HostStream s : streams) s.resume();
    }

    private synchronized int pending() {
        int pending = 0;
        for (HostStream s : streams) pending += s.pendingOutput();
        return pending;
    }

    /** The descriptor under a name, to ask about its size. */
    synchronized @Nullable HostFd plugged(String slot) {
        Slot s = slots.get(slot);
        return s == null ? null : s.fd;
    }
}
