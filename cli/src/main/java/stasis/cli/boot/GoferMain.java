package stasis.cli.boot;

import stasis.abi.Errno;
import stasis.cli.cgroup.Cgroup;
import stasis.cli.hooks.HookKeeper;
import stasis.cli.link.OwnCable;
import stasis.gofer.protocol.MessageSocket;
import stasis.gofer.protocol.ProtocolException;
import stasis.gofer.server.Export;
import stasis.gofer.server.GoferServer;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.host.Scratch;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The gofer's process: opens what the sentry asks for while that can still be trusted, shuts itself
 * into an empty folder, and serves until the sentry is gone.
 */
public final class GoferMain {
    /** An order: a hook keeper for the sandbox that listens at the path that follows. */
    static final String KEEPER = "keeper:";

    /** An order: to join the cgroups whose folders follow, a line each. */
    static final String CGROUP = "cgroup:";

    /** An order with an answer: a network of its own for the process whose number follows. */
    static final String CABLE = "cable:";

    /** The answer's beginning if it could not be. */
    static final String FAILED = "failed: ";

    private static final int SOCKET = 3;
    private static final int AT_FDCWD = -100;
    private static final int O_PATH_CLOEXEC = 0x200000 | 0x80000;
    private static final int O_RDWR_CLOEXEC = 2 | 0x80000;
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int ENOTDIR = 20;
    private static final int O_DIRECTORY = 0x10000;

    private GoferMain() {}

    public static void main(String[] args) {
        int code = 0;
        Rehearsal.play(String.valueOf(System.getProperty("stasis.home")));
        try {
            serve();
        } catch (HostException | ProtocolException | IOException e) {
            code = 1; // the sentry has gone, or talks nonsense: nothing is left to do
        }
        Runtime.getRuntime().halt(code);
    }

    private static void serve() throws HostException, ProtocolException, IOException {
        List<Export> exports = new ArrayList<>();
        String wrong = open(ExportRequest.of(exportsAfterOrders()), exports);
        if (wrong.isEmpty()) shutIn();
        GoferLink.send(SOCKET, wrong);
        if (wrong.isEmpty())
            new GoferServer(new MessageSocket(new HostFd(SOCKET)), exports).serve();
    }

    /** Carries out what else the sentry wants of a process outside its namespaces. */
    private static String exportsAfterOrders() throws HostException, IOException {
        while (true) {
            String text = GoferLink.receive(SOCKET);
            if (text.startsWith(KEEPER)) startKeeper(text.substring(KEEPER.length()));
            else if (text.startsWith(CGROUP)) joinCgroup(text.substring(CGROUP.length()));
            else if (text.startsWith(CABLE)) layCable(text.substring(CABLE.length()));
            else return text;
        }
    }

    private static void joinCgroup(String folders) throws IOException {
        Cgroup cgroup = Cgroup.known(folders.lines().toList());
        if (cgroup != null) cgroup.join();
    }

    private static void layCable(String pid) throws HostException, IOException {
        String answer;
        try {
            answer = Integer.toString(OwnCable.lay(Long.parseLong(pid)).number());
        } catch (HostException | IOException e) {
            answer = FAILED + e.getMessage();
        }
        GoferLink.send(SOCKET, answer);
    }

    private static void startKeeper(String socket) throws IOException {
        Path home = Path.of(String.valueOf(System.getProperty("stasis.home")));
        Path java = Path.of(System.getProperty("java.home"), "bin/java");
        new ProcessBuilder(
                        java.toString(), "@" + home.resolve("cli.args"), HookKeeper.COMMAND, socket)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** What is wrong, or an empty text. */
    private static String open(List<ExportRequest> requests, List<Export> exports) {
        for (ExportRequest r : requests) {
            try {
                exports.add(new Export(r.name(), open(r.path(), r.readOnly()), r.readOnly()));
            } catch (HostException e) {
                return r.path() + ": " + describe(e.errno());
            }
        }
        return "";
    }

    private static String describe(int number) {
        Errno errno = Errno.of(number);
        return errno == null ? "errno " + number : MountTree.describe(errno);
    }

    /** A folder as a place, a file for what may be done with it. */
    static HostFd open(String path, boolean readOnly) throws HostException {
        long fd = openAt(path, O_PATH_CLOEXEC | O_DIRECTORY);
        if (fd == -ENOTDIR) fd = openAt(path, readOnly ? O_RDONLY_CLOEXEC : O_RDWR_CLOEXEC);
        return new HostFd((int) HostException.check(fd, "open " + path));
    }

    private static long openAt(String path, int flags) throws HostException {
        long at = Scratch.ofThisThread().path(path);
        return Host.syscall(Nr.OPENAT, AT_FDCWD, at, flags);
    }

    /** Only what was opened can be reached from here. A user's own gofer has no right to do so. */
    private static void shutIn() throws HostException {
        if (Boolean.getBoolean("stasis.training")) return; // the cache is written at the end
        Path empty = Path.of(String.valueOf(System.getProperty("stasis.home")), "root");
        Host.syscall(Nr.PRCTL, 38, 1, 0); // no_new_privs
        long at = Scratch.ofThisThread().path(empty.toString());
        HostException.check(Host.syscall(Nr.CHDIR, at, 0, 0), "chdir " + empty);
        if (Host.syscall(Nr.GETUID, 0, 0, 0) != 0) return;
        HostException.check(Host.syscall(Nr.CHROOT, at, 0, 0), "chroot " + empty);
    }
}
