package stasis.kernel.fs.tty;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EIO;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Ioctls.FIONREAD;
import static stasis.abi.Ioctls.TCFLSH;
import static stasis.abi.Ioctls.TCGETS;
import static stasis.abi.Ioctls.TCSBRK;
import static stasis.abi.Ioctls.TCSBRKP;
import static stasis.abi.Ioctls.TCSETS;
import static stasis.abi.Ioctls.TCSETSF;
import static stasis.abi.Ioctls.TCSETSW;
import static stasis.abi.Ioctls.TCXONC;
import static stasis.abi.Ioctls.TIOCEXCL;
import static stasis.abi.Ioctls.TIOCGDEV;
import static stasis.abi.Ioctls.TIOCGETD;
import static stasis.abi.Ioctls.TIOCGEXCL;
import static stasis.abi.Ioctls.TIOCGWINSZ;
import static stasis.abi.Ioctls.TIOCNXCL;
import static stasis.abi.Ioctls.TIOCOUTQ;
import static stasis.abi.Ioctls.TIOCSETD;
import static stasis.abi.Ioctls.TIOCSTI;
import static stasis.abi.Ioctls.TIOCSWINSZ;
import static stasis.abi.Ioctls.TIOCVHANGUP;
import static stasis.abi.Signal.SIGTTOU;
import static stasis.abi.Termios.TCIFLUSH;
import static stasis.abi.Termios.TCIOFF;
import static stasis.abi.Termios.TCIOFLUSH;
import static stasis.abi.Termios.TCION;
import static stasis.abi.Termios.TCOFLUSH;
import static stasis.abi.Termios.TCOOFF;
import static stasis.abi.Termios.TCOON;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.caller.UserAccess;

/** ioctl_tty(2), of either end of a terminal. */
final class TtyIoctls {
    /** {@code _IOR('T', 0x2A, struct termios2)} and its three writing kin. */
    private static final int TCGETS2 = 0x802c542a;

    private static final int TCSETS2 = 0x402c542b;
    private static final int TCSETSW2 = 0x402c542c;
    private static final int TCSETSF2 = 0x402c542d;

    private TtyIoctls() {}

    static long run(Terminal terminal, Caller caller, boolean master, int request, long arg)
            throws SyscallException {
        UserAccess memory = caller.memory();
        switch (request) {
            case TCGETS ->
                    memory.writeBytes(arg, terminal.settings().toBytes(TerminalSettings.BYTES));
            case TCGETS2 ->
                    memory.writeBytes(arg, terminal.settings().toBytes(TerminalSettings.BYTES_2));
            case TCSETS, TCSETSW, TCSETSF ->
                    set(terminal, caller, arg, TerminalSettings.BYTES, request == TCSETSF);
            case TCSETS2, TCSETSW2, TCSETSF2 ->
                    set(terminal, caller, arg, TerminalSettings.BYTES_2, request == TCSETSF2);
            case TIOCGWINSZ -> writeSize(memory, arg, terminal.size());
            case TIOCSWINSZ -> terminal.setSize(readSize(memory, arg));
            case TCFLSH -> flush(terminal, caller, (int) arg);
            case TCXONC -> flow(terminal, caller, (int) arg);
            case TCSBRK, TCSBRKP -> terminal.jobs().check(caller, SIGTTOU);
            case TIOCOUTQ -> memory.writeInt(arg, terminal.toShow());
            case FIONREAD -> memory.writeInt(arg, master ? terminal.toShow() : terminal.readable());
            default -> {
                return rare(terminal, caller, master, request, arg);
            }
        }
        return 0;
    }

    private static long rare(
            Terminal terminal, Caller caller, boolean master, int request, long arg)
            throws SyscallException {
        UserAccess memory = caller.memory();
        switch (request) {
            case TIOCEXCL, TIOCNXCL -> terminal.setExclusive(request == TIOCEXCL);
            case (int) TIOCGEXCL -> memory.writeInt(arg, terminal.isExclusive() ? 1 : 0);
            case (int) TIOCGDEV -> memory.writeInt(arg, (int) terminal.device());
            case TIOCGETD -> memory.writeInt(arg, 0);
            case TIOCSETD -> {
                if (memory.readInt(arg) != 0) throw EINVAL.exception();
            }
            case TIOCSTI -> throw EIO.exception();
            case TIOCVHANGUP -> {
                if (!caller.credentials().has(Capability.CAP_SYS_ADMIN)) throw EPERM.exception();
                terminal.hangUp();
            }
            default -> {
                return terminal.jobs().ioctl(terminal, caller, master, request, arg);
            }
        }
        return 0;
    }

    /** Unlike Linux, TCSETSW and TCSETSF do not wait until all was shown. */
    private static void set(Terminal terminal, Caller caller, long addr, int length, boolean flush)
            throws SyscallException {
        terminal.jobs().check(caller, SIGTTOU);
        byte[] given = caller.memory().readBytes(addr, length);
        terminal.setSettings(TerminalSettings.read(given), flush);
    }

    private static void flush(Terminal terminal, Caller caller, int what) throws SyscallException {
        terminal.jobs().check(caller, SIGTTOU);
        switch (what) {
            case TCIFLUSH -> terminal.flush(true, false);
            case TCOFLUSH -> terminal.flush(false, true);
            case TCIOFLUSH -> terminal.flush(true, true);
            default -> throw EINVAL.exception();
        }
    }

    private static void flow(Terminal terminal, Caller caller, int what) throws SyscallException {
        terminal.jobs().check(caller, SIGTTOU);
        switch (what) {
            case TCOOFF -> terminal.setStopped(true);
            case TCOON -> terminal.setStopped(false);
            case TCIOFF, TCION -> {}
            default -> throw EINVAL.exception();
        }
    }

    private static WindowSize readSize(UserAccess memory, long addr) throws ErrnoException {
        return new WindowSize(
                memory.readShort(addr) & 0xffff,
                memory.readShort(addr + 2) & 0xffff,
                memory.readShort(addr + 4) & 0xffff,
                memory.readShort(addr + 6) & 0xffff);
    }

    private static void writeSize(UserAccess memory, long addr, WindowSize size)
            throws ErrnoException {
        memory.writeShort(addr, size.rows());
        memory.writeShort(addr + 2, size.columns());
        memory.writeShort(addr + 4, size.xPixels());
        memory.writeShort(addr + 6, size.yPixels());
    }
}
