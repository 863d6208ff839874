package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.jspecify.annotations.Nullable;

import stasis.host.Host;
import stasis.host.HostFd;
import stasis.kernel.fs.host.HostStream;
import stasis.kernel.fs.host.HostStreams;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves bytes between host descriptors and the sandbox's streams, a thread for each direction.
 * Slots that a restored sandbox knows and nobody gave a descriptor for are told so.
 */
final class Pumps implements HostStreams {
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int CHUNK = 64 << 10;
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;

    private record Slot(HostFd fd, boolean input, boolean output) {}

    private record Pair(HostStream stream, Slot slot) {}

    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final List<Pair> waiting = new ArrayList<>();
    private final List<HostStream> outputs = new ArrayList<>();

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
            if (p.slot.input) thread(p, this::readAll);
            if (p.slot.output) {
                outputs.add(p.stream);
                thread(p, this::writeAll);
            }
        }
        waiting.clear();
    }

    private interface Work {
        void on(HostStream stream, int fd) throws InterruptedException;
    }

    private static void thread(Pair p, Work work) {
        Thread.ofPlatform()
                .daemon()
                .name("pump-" + p.stream.slot())
                .start(
                        () -> {
                            try {
                                work.on(p.stream, p.slot.fd.number());
                            } catch (InterruptedException | IllegalStateException e) {
                                return; // closed: an exec session's end
                            }
                        });
    }

    private void readAll(HostStream stream, int fd) throws InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(CHUNK);
            byte[] bytes = new byte[CHUNK];
            while (true) {
                long n = Host.read(fd, to);
                if (n == -EINTR || n == -EAGAIN && await(fd, POLLIN)) continue;
                if (n <= 0) break;
                MemorySegment.copy(to, JAVA_BYTE, 0, bytes, 0, (int) n);
                stream.received(bytes, 0, (int) n);
            }
        }
        stream.inputEnded();
    }

    private void writeAll(HostStream stream, int fd) throws InterruptedException {
        byte[] bytes = new byte[CHUNK];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate(CHUNK);
            int n;
            while ((n = stream.takeOutput(bytes)) >= 0) {
                MemorySegment.copy(bytes, 0, from, JAVA_BYTE, 0, n);
                if (!write(fd, from.asSlice(0, n))) {
                    stream.outputFailed();
                    return;
                }
            }
        }
    }

    static boolean write(int fd, MemorySegment all) {
        for (long done = 0; done < all.byteSize(); ) {
            long n = Host.write(fd, all.asSlice(done));
            if (n == -EINTR || n == -EAGAIN && await(fd, POLLOUT)) continue;
            if (n <= 0) return false;
            done += n;
        }
        return true;
    }

    /** For descriptors that somebody has made non-blocking. */
    static boolean await(int fd, int events) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 8); // struct pollfd
            poll.set(java.lang.foreign.ValueLayout.JAVA_INT, 0, fd);
            poll.set(java.lang.foreign.ValueLayout.JAVA_SHORT, 4, (short) events);
            return Host.poll(poll.address(), 1, -1) >= 0;
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

    private synchronized int pending() {
        int pending = 0;
        for (HostStream s : outputs) pending += s.pendingOutput();
        return pending;
    }

    /** The descriptor under a name, to ask about its size. */
    synchronized @Nullable HostFd plugged(String slot) {
        Slot s = slots.get(slot);
        return s == null ? null : s.fd;
    }
}
