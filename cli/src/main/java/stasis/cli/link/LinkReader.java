package stasis.cli.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import stasis.host.Host;
import stasis.kernel.net.Network;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Waits for frames of the host, and has the stack take them. With none it sleeps. */
final class LinkReader {
    private static final int POLLIN = 1;
    private static final int POLLNVAL = 0x20;

    private final Network network;
    private final List<EthernetDevice> devices;

    LinkReader(Network network, List<EthernetDevice> devices) {
        this.network = network;
        this.devices = devices;
    }

    void start() {
        Thread.ofPlatform().daemon().name("links").start(this::run);
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            int n = devices.size();
            MemorySegment polled = arena.allocate(JAVA_LONG, n); // struct pollfd[]
            for (int i = 0; i < n; i++) {
                polled.set(JAVA_INT, 8L * i, devices.get(i).fd().number());
                polled.set(JAVA_SHORT, 8L * i + 4, (short) POLLIN);
            }
            boolean goesOn = true;
            while (goesOn) {
                Host.poll(polled.address(), n, -1);
                goesOn = noteReady(polled, n) && takeAll();
            }
        }
    }

    /** False if a descriptor is gone. */
    private boolean noteReady(MemorySegment polled, int n) {
        for (int i = 0; i < n; i++) {
            int events = polled.get(JAVA_SHORT, 8L * i + 6);
            if ((events & POLLNVAL) != 0) return false;
            if (events != 0) devices.get(i).becomeReady();
        }
        return true;
    }

    /** The stack stops in between, so that programs have their turn. */
    private boolean takeAll() {
        do {
            if (!network.inputReady()) return false;
        } while (anyReady());
        return true;
    }

    private boolean anyReady() {
        for (EthernetDevice d : devices) {
            if (d.isReady()) return true;
        }
        return false;
    }
}
