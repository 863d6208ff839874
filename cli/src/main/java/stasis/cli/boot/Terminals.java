package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.control.ConsoleSocket;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.host.Scratch;
import stasis.kernel.fs.tty.WindowSize;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Terminals of the host, ioctl_tty(2). */
public final class Terminals {
    private static final int TCGETS = 0x5401;
    private static final int TCSETSW = 0x5403;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int TERMIOS_BYTES = 64;
    private static final int O_RDWR_NOCTTY_CLOEXEC = 2 | 0x100 | 0x80000;
    private static final int AT_FDCWD = -100;

    private static final int CC_MIN = 17 + 6;
    private static final int CC_TIME = 17 + 5;

    private Terminals() {}

    public static boolean isTerminal(int fd) {
        return settings(fd) != null;
    }

    /** A {@code struct termios} as bytes, or null if {@code fd} is no terminal. */
    public static byte @Nullable [] settings(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_BYTES, 8);
            if (Host.syscall(Nr.IOCTL, fd, TCGETS, termios.address()) != 0) return null;
            return termios.toArray(JAVA_BYTE);
        }
    }

    public static void set(int fd, byte[] settings) {
        try (Arena arena = Arena.ofConfined()) {
            long termios = arena.allocateFrom(JAVA_BYTE, settings).address();
            Host.syscall(Nr.IOCTL, fd, TCSETSW, termios);
        }
    }

    /** Like cfmakeraw(3): what is typed and shown is the business of the sandbox's terminal. */
    public static void makeRaw(int fd) {
        byte[] settings = settings(fd);
        if (settings == null) return;
        MemorySegment t = MemorySegment.ofArray(settings);
        clear(t, 0, 01 | 02 | 010 | 040 | 0100 | 0200 | 0400 | 02000); // IGNBRK ... IXON
        clear(t, 4, 01); // OPOST
        clear(t, 8, 060 | 0400); // CSIZE, PARENB
        clear(t, 12, 0100000 | 010 | 0100 | 02 | 01); // IEXTEN, ECHO, ECHONL, ICANON, ISIG
        t.set(JAVA_INT.withByteAlignment(1), 8, t.get(JAVA_INT.withByteAlignment(1), 8) | 060);
        settings[CC_MIN] = 1;
        settings[CC_TIME] = 0;
        set(fd, settings);
    }

    private static void clear(MemorySegment termios, long at, int bits) {
        var word = JAVA_INT.withByteAlignment(1);
        termios.set(word, at, termios.get(word, at) & ~bits);
    }

    /** Null if {@code fd} is no terminal, or its size is not known. */
    static @Nullable WindowSize size(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment s = arena.allocate(8, 8); // struct winsize
            if (Host.syscall(Nr.IOCTL, fd, TIOCGWINSZ, s.address()) != 0) return null;
            int rows = s.get(JAVA_SHORT, 0) & 0xffff;
            int columns = s.get(JAVA_SHORT, 2) & 0xffff;
            if (rows == 0 && columns == 0) return null;
            return new WindowSize(
                    rows, columns, s.get(JAVA_SHORT, 4) & 0xffff, s.get(JAVA_SHORT, 6) & 0xffff);
        }
    }

    /**
     * A new terminal whose master goes to a client's socket; the slave's descriptor, in raw mode.
     */
    public static HostFd forClient(Path socket) throws Failure {
        try (Arena arena = Arena.ofConfined()) {
            long path = Scratch.ofThisThread().path("/dev/ptmx");
            long opened = Host.syscall(Nr.OPENAT, AT_FDCWD, path, O_RDWR_NOCTTY_CLOEXEC);
            HostFd master = new HostFd((int) HostException.check(opened, "open /dev/ptmx"));
            long unlocked = arena.allocate(JAVA_INT).address();
            HostException.check(
                    Host.syscall(Nr.IOCTL, master.number(), TIOCSPTLCK, unlocked), "TIOCSPTLCK");
            long slave =
                    Host.syscall(Nr.IOCTL, master.number(), TIOCGPTPEER, O_RDWR_NOCTTY_CLOEXEC);
            HostFd fd = new HostFd((int) HostException.check(slave, "TIOCGPTPEER"));
            makeRaw(fd.number());
            ConsoleSocket.send(socket, master);
            master.close();
            return fd;
        } catch (HostException e) {
            throw new Failure(
                    ExitCode.SANDBOX, "console socket " + socket + ": " + e.getMessage(), e);
        }
    }
}
