package stasis.cli.boot;

import java.lang.foreign.Arena;
import stasis.host.Host;
import stasis.host.Nr;

/** Terminals of the host. */
public final class Terminals {
    private static final int TCGETS = 0x5401;
    private static final int TERMIOS_BYTES = 64;

    private Terminals() {}

    public static boolean isTerminal(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            long termios = arena.allocate(TERMIOS_BYTES, 8).address();
            return Host.syscall(Nr.IOCTL, fd, TCGETS, termios) == 0;
        }
    }
}
