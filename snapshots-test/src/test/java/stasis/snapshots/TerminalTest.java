package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Somebody at a terminal who runs {@code stasis do bash}. */
class TerminalTest {
    private CommandLine stasis;
    private Pty pty;
    private List<Byte> before;
    private Process process;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
        pty = new Pty();
        pty.setSize(24, 80);
        before = pty.settings();
        process =
                pty.start(
                        stasis.command(
                                "do",
                                "--id",
                                "shell",
                                "--env",
                                "PS1=ready> ",
                                "bash",
                                "--norc",
                                "--noediting",
                                "-i"));
        pty.await("ready> ");
        pty.clear();
    }

    @AfterEach
    void close() throws Exception {
        process.destroyForcibly();
        pty.close();
        stasis.close();
    }

    private void assertEndsWith(int code) throws Exception {
        assertEquals(code, Pty.exitCode(process), pty::shown);
        assertEquals(before, pty.settings(), "the terminal's settings are others");
    }

    @Test
    void whatIsTypedIsEchoedOnceAndRun() throws Exception {
        assertNotEquals(before, pty.settings()); // raw: the sandbox's terminal does the rest
        pty.type("echo $((6*7))\r");
        pty.await("42\r\nready> ");
        assertEquals("echo $((6*7))\r\n42\r\nready> ", pty.shown());
        pty.type("tty\r");
        pty.await("/dev/pts/0\r\n");
        pty.type("exit 5\r");
        assertEndsWith(5);
    }

    @Test
    void controlCEndsTheForegroundProgramOnly() throws Exception {
        pty.type("sleep 600\r");
        pty.await("sleep 600\r\n");
        awaitForeground("sleep");
        pty.type("\3");
        pty.await("^C");
        pty.type("echo code $?\r");
        pty.await("code 130\r\n");
        pty.type("exit\r");
        assertEndsWith(0);
    }

    /** The loop starts no programs: a shell in vfork(2) does not stop, on Linux either. */
    @Test
    void controlZStopsAndFgGoesOn() throws Exception {
        pty.type("sh -c 'trap \"echo ba\"\"ck\" CONT; echo u\"\"p; while :; do :; done'\r");
        pty.await("up\r\n");
        pty.type("\32");
        pty.await("Stopped");
        pty.await("ready> ");
        pty.clear();
        pty.type("jobs\r");
        pty.await("Stopped");
        pty.await("ready> ");
        pty.type("fg\r");
        pty.await("back\r\n"); // bash gives the terminal away before it says CONT
        pty.type("\3");
        pty.type("echo code $?\r");
        pty.await("code 130\r\n");
        pty.type("exit 0\r");
        assertEndsWith(0);
    }

    @Test
    void aNewSizeArrivesInside() throws Exception {
        pty.type("trap 'stty size' WINCH; stty size\r");
        pty.await("24 80\r\n");
        pty.setSize(50, 132);
        // bash runs the trap when it has read the next line
        for (int i = 0; i < 100 && !pty.shown().contains("50 132\r\n"); i++) {
            pty.clear();
            pty.type("stty size; echo end $?\r");
            pty.await("end 0\r\n");
        }
        pty.await("50 132\r\n");
        pty.type("exit 0\r");
        assertEndsWith(0);
    }

    @Test
    void controlDIsTheEndOfTheShell() throws Exception {
        pty.type("\4");
        pty.await("exit");
        assertEndsWith(0);
    }

    @Test
    void aKilledSandboxGivesTheTerminalBack() throws Exception {
        Program.signal(stasis.pid("shell"), "KILL");
        assertEndsWith(137);
    }

    @Test
    void aKilledFrontGivesTheTerminalBackAndEndsTheSandbox() throws Exception {
        long sandbox = stasis.pid("shell");
        Program.signal(process.pid(), "KILL"); // setsid has become the front
        assertEquals(137, Pty.exitCode(process));
        ProcessHandle.of(sandbox).ifPresent(p -> p.onExit().join());
        assertEquals(before, pty.settings(), "the terminal's settings are others");
        assertEquals("", stasis.listed());
    }

    /** What is typed earlier is for the shell. */
    private void awaitForeground(String name) throws Exception {
        for (int i = 0; i < 200; i++) {
            if (stasis.run("ps", "shell").output().contains(name)) return;
        }
        throw new AssertionError("no " + name);
    }
}
