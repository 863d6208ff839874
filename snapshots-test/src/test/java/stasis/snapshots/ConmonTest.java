package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.cli.Json;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Containers under conmon(8), the process that podman and CRI-O put over each container. */
class ConmonTest {
    private static final Path ROOT = ProgramsTest.ROOT.toAbsolutePath();
    private static final Path CONMON = ROOT.resolve("usr/bin/conmon");

    private static final String[] TAKES_TERM = {
        "/bin/bash", "-c", "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done"
    };

    private CommandLine stasis;
    private int conmons;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(Files.exists(CONMON), "no conmon in the Debian root: it needs the archive");
        stasis = new CommandLine();
    }

    @AfterEach
    void close() throws Exception {
        if (stasis != null) stasis.close();
    }

    /**
     * One conmon with the files it writes.
     *
     * @param log lines of {@code TIME STREAM F text}
     * @param exit the folder where the exit code will be
     */
    private record Conmon(Program program, Path log, Path exit, Path pidFile) {
        /** What its container wrote. */
        String written() throws Exception {
            StringBuilder text = new StringBuilder();
            for (String line : Files.readString(log).split("\n")) {
                text.append(line.split(" ", 4)[3]).append('\n');
            }
            return text.toString();
        }

        /** The exit code that it has seen and, with {@code --sync}, ended with. */
        String exitCode() throws Exception {
            String code = Integer.toString(program.exitCode());
            Path file = exit.resolve("a");
            assertEquals(code, Files.exists(file) ? Files.readString(file) : "", program::errors);
            return code;
        }

        void awaitWritten(String text) throws Exception {
            for (int i = 0; i < 2000 && program.isAlive() && !has(text); i++) Thread.sleep(10);
            assertTrue(has(text), () -> "no " + text);
        }

        private boolean has(String text) throws Exception {
            return Files.exists(log) && Files.readString(log).contains(text);
        }
    }

    /** conmon of the Debian root, with its libraries; the container is always called a. */
    private Conmon conmon(Path bundle, String... more) throws Exception {
        Path folder = Files.createDirectory(stasis.folder().resolve("conmon" + conmons++));
        Conmon made =
                new Conmon(
                        conmonProgram(bundle, folder, more),
                        folder.resolve("log"),
                        folder,
                        folder.resolve("pid"));
        return made;
    }

    private Program conmonProgram(Path bundle, Path folder, String... more) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ROOT.resolve("lib64/ld-linux-x86-64.so.2").toString());
        command.add("--library-path");
        command.add(ROOT.resolve("usr/lib/x86_64-linux-gnu").toString());
        command.add(CONMON.toString());
        command.addAll(List.of("--sync", "-c", "a", "-u", "a", "-n", "a"));
        command.addAll(List.of("-r", CommandLine.SCRIPT.toString()));
        for (String arg : stasis.command()) {
            if (!arg.equals(CommandLine.SCRIPT.toString())) {
                command.addAll(List.of("--runtime-arg", arg));
            }
        }
        command.addAll(List.of("-b", bundle.toString(), "--exit-dir", folder.toString()));
        command.addAll(List.of("-p", folder.resolve("pid").toString()));
        command.addAll(List.of("-l", "k8s-file:" + folder.resolve("log")));
        command.addAll(List.of("--socket-dir-path", stasis.folder().toString(), "--full-attach"));
        command.addAll(List.of(more));
        return stasis.start(command, stasis.folder());
    }

    private void awaitStatus(String wanted) throws Exception {
        String line = "\"status\" : \"" + wanted + "\"";
        for (int i = 0; i < 200; i++) {
            Program state = stasis.run("state", "a");
            if (state.exitCode() == 0 && state.output().contains(line)) return;
        }
        throw new AssertionError("never " + wanted);
    }

    @Test
    void theExitCodeOfACreatedContainerArrives() throws Exception {
        Conmon conmon = conmon(stasis.bundle(TAKES_TERM));
        awaitStatus("created");
        assertEquals(stasis.pid("a"), Long.parseLong(Files.readString(conmon.pidFile)));
        stasis.good("start", "a");
        conmon.awaitWritten("up");
        stasis.good("kill", "a", "TERM");
        assertEquals("3", conmon.exitCode());
        assertEquals("up\nbye\n", conmon.written());
        stasis.good("delete", "--force", "a");
    }

    @Test
    void aKilledContainerEndsWithItsSignal() throws Exception {
        Conmon conmon = conmon(stasis.bundle(TAKES_TERM));
        awaitStatus("created");
        stasis.good("start", "a");
        conmon.awaitWritten("up");
        stasis.good("kill", "a", "9");
        assertEquals("137", conmon.exitCode());
    }

    @Test
    void aTerminalComesThroughTheConsoleSocket() throws Exception {
        Bundle bundle = new Bundle("/bin/bash", "-c", "tty; test -t 0 && echo yes; exit 6");
        Conmon conmon = conmon(bundle.terminal().writeTo(stasis.folder()), "--terminal");
        awaitStatus("created");
        stasis.good("start", "a");
        assertEquals("6", conmon.exitCode());
        assertEquals("/dev/pts/0\r\nyes\r\n", conmon.written());
    }

    @Test
    void execSessionsHaveAnExitCodeOfTheirOwn() throws Exception {
        Conmon container = conmon(stasis.bundle(TAKES_TERM));
        awaitStatus("created");
        stasis.good("start", "a");
        container.awaitWritten("up");
        for (boolean terminal : new boolean[] {false, true}) {
            Bundle program = new Bundle("/bin/sh", "-c", "test -t 1 && echo tty; echo in; exit 4");
            if (terminal) program.terminal();
            Path process = stasis.folder().resolve("process" + terminal);
            Files.writeString(process, Json.text(program.process()));
            List<String> more = new ArrayList<>(List.of("-e", "--exec-process-spec"));
            more.add(process.toString());
            if (terminal) more.add("--terminal");
            Conmon exec = conmon(stasis.folder(), more.toArray(new String[0]));
            assertEquals("4", exec.exitCode());
            assertEquals(terminal ? "tty\r\nin\r\n" : "in\n", exec.written());
        }
        assertEquals("running", stasis.status("a"));
    }

    @Test
    void whatIsWrongIsInTheJsonLog() throws Exception {
        Path log = stasis.folder().resolve("oci-log");
        Conmon conmon =
                conmon(
                        stasis.bundle("/no/such/program"),
                        "--runtime-arg",
                        "--log-format=json",
                        "--runtime-arg",
                        "--log=" + log);
        assertTrue(conmon.program.exitCode() != 0, "conmon is content");
        Map<String, ?> line = Json.object(Files.readAllBytes(log));
        assertEquals("error", line.get("level"));
        assertTrue(String.valueOf(line.get("msg")).contains("no such file"), line::toString);
        assertEquals("", stasis.listed());
    }

    @Test
    void aRestoredContainerHasItsTerminalAgain() throws Exception {
        String count = "read -r word; echo \"got $word\"; exit 5";
        Bundle bundle = new Bundle("/bin/bash", "-c", "echo up; " + count).terminal();
        Path folder = bundle.writeTo(stasis.folder());
        Conmon first = conmon(folder, "--terminal");
        awaitStatus("created");
        stasis.good("start", "a");
        first.awaitWritten("up");
        Path image = stasis.folder().resolve("image");
        stasis.good("checkpoint", "--image-path", image.toString(), "a");
        assertEquals("137", first.exitCode());
        stasis.good("delete", "a");
        Conmon second = conmon(folder, "--terminal", "-i", "--restore", image.toString());
        awaitStatus("running");
        stasis.good("exec", "a", "/bin/sh", "-c", "stty -F /dev/pts/0 | grep -q baud");
        stasis.good("kill", "a", "HUP");
        assertEquals("129", second.exitCode());
    }
}
