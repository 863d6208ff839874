package stasis.cli.pool;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.state.StateRoot;
import stasis.host.Host;
import stasis.host.Nr;
import stasis.host.Scratch;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A keeper as a process of its own, which outlives the command that makes it. Until the pool can be
 * used the two have a pipe: the keeper writes one word, or why it ends.
 */
public final class KeeperProcess {
    private static final String USABLE = "usable";
    private static final int O_RDWR = 2;
    private static final int AT_FDCWD = -100;

    private KeeperProcess() {}

    /** Returns when there is a sandbox to claim. */
    public static void start(StateRoot root, List<String> arguments) throws Failure {
        Path home = Path.of(String.valueOf(System.getProperty("stasis.home")));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.add("@" + home.resolve("cli.args"));
        command.addAll(List.of("--root", root.path().toString()));
        command.addAll(arguments);
        try {
            Process keeper =
                    new ProcessBuilder(command)
                            .redirectInput(Redirect.from(new File("/dev/null")))
                            .redirectErrorStream(true)
                            .start();
            String said =
                    new String(keeper.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (said.strip().equals(USABLE)) return;
            throw new Failure(ExitCode.SANDBOX, line(said));
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot start the keeper: " + e.getMessage(), e);
        }
    }

    private static String line(String said) {
        String first = said.strip().lines().findFirst().orElse("the keeper has ended");
        return first.startsWith("stasis: ") ? first.substring("stasis: ".length()) : first;
    }

    /** A keeper does not end with its maker's terminal. */
    public static void leaveSession() {
        Host.syscall(Nr.SETSID, 0, 0, 0);
    }

    /** The pipe's last word: from here on the keeper's output goes nowhere. */
    public static void tellParent() throws IOException {
        System.out.println(USABLE);
        System.out.flush();
        try {
            long path = Scratch.ofThisThread().path("/dev/null");
            long nowhere = Host.syscall(Nr.OPENAT, AT_FDCWD, path, O_RDWR);
            if (Host.failed(nowhere)) throw new IOException("cannot open /dev/null");
            for (int fd = 1; fd <= 2; fd++) Host.syscall(Nr.DUP3, nowhere, fd, 0);
            Host.close((int) nowhere);
        } catch (stasis.host.HostException e) {
            throw new IOException(e);
        }
    }
}
