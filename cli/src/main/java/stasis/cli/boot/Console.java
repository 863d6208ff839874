package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.kernel.BootCaller;
import stasis.kernel.Kernel;
import stasis.kernel.fs.tty.Devpts;
import stasis.kernel.fs.tty.Terminal;
import stasis.kernel.fs.tty.WindowSize;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.OpenHow;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.Vfs;

import java.util.List;

/**
 * A terminal of the sandbox that somebody outside types into.
 *
 * @param devpts where it has its name
 * @param files descriptors 0, 1 and 2 of the program
 */
record Console(Devpts devpts, Terminal terminal, List<@Nullable FileDescription> files)
        implements AutoCloseable {
    private static final String DEVPTS = "/dev/pts";

    /** Precondition: devpts is mounted below {@code fs}'s root. */
    static Console open(Kernel kernel, FsContext fs) throws Failure {
        Vfs vfs = kernel.machine().vfs();
        BootCaller caller = new BootCaller(kernel.machine());
        try {
            Path place = vfs.resolve(caller, fs, fs.root(), DEVPTS, true);
            if (!(place.mount().filesystem() instanceof Devpts devpts)) throw noDevpts(null);
            Terminal terminal = devpts.newConsole(caller, kernel.machine());
            FileDescription file =
                    vfs.open(
                            caller,
                            fs,
                            fs.root(),
                            DEVPTS + "/" + terminal.index(),
                            OpenHow.of(Fcntl.O_RDWR | Fcntl.O_NOCTTY, 0));
            file.acquire();
            file.acquire();
            return new Console(devpts, terminal, List.of(file, file, file));
        } catch (SyscallException e) {
            throw noDevpts(e);
        }
    }

    private static Failure noDevpts(@Nullable Exception cause) {
        String line = "a terminal needs a mount of devpts on " + DEVPTS;
        return cause == null
                ? new Failure(ExitCode.SANDBOX, line)
                : new Failure(ExitCode.SANDBOX, line + ": " + MountTree.text(cause), cause);
    }

    /** The size that was asked for in config.json, until the outside has one of its own. */
    void setSize(int rows, int columns) {
        if (rows > 0 && columns > 0) terminal.setSize(new WindowSize(rows, columns, 0, 0));
    }

    /** Nobody outside is at it any more: its name is gone, and programs that have it hang up. */
    @Override
    public void close() {
        devpts.remove(terminal);
        terminal.hangUp();
    }
}
