package stasis.cli.link;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import stasis.host.Host;
import stasis.net.ip.InterfaceAddress;
import stasis.net.ip.Nic;
import stasis.net.link.PacketLink;
import stasis.net.stack.NetStack;
import stasis.net.tcp.TcpSettings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;

/** A stack on an interface of the host, and the loop that it lives in. */
final class WiredStack {
    final NetStack stack;
    final EthernetDevice device;
    final Nic nic;
    private volatile boolean ended;

    WiredStack(TakenInterface taken) {
        SecureRandom random = new SecureRandom();
        stack = new NetStack(random::nextLong, TcpSettings.defaults());
        device = taken.device();
        PacketLink link = new PacketLink("eth0", stack.context().pool(), device);
        nic = stack.addNic("eth0", link);
        for (InterfaceAddress a : taken.as().addresses()) stack.ip().addAddress(nic, a);
    }

    /** What a program does whenever something may have happened. */
    interface Program {
        void turn();
    }

    void end() {
        ended = true;
    }

    /** Until {@link #end}; turns come at least every 10 ms. */
    void run(Program program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(JAVA_LONG);
            poll.set(JAVA_INT, 0, device.fd().number());
            poll.set(JAVA_SHORT, 4, (short) 1);
            while (!ended) {
                boolean more = stack.poll(System.nanoTime());
                program.turn();
                stack.flush();
                if (more) continue;
                if (!device.isReady()) Host.poll(poll.address(), 1, waitMillis());
                device.becomeReady();
            }
        }
    }

    private int waitMillis() {
        long wait = stack.nextPollNanos() - System.nanoTime();
        return Math.clamp((wait + 999_999) / 1_000_000, 0, 10);
    }
}
