package stasis.cli.front;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The programs of bytes are really run. */
class ScriptTest {
    @TempDir Path folder;

    private record Result(int code, String output) {}

    private Result run(byte[] elf, String... arguments) throws IOException, InterruptedException {
        Path program = folder.resolve("program");
        Files.write(program, elf);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    @Test
    void aFailedCallIsToldWithItsErrno() throws Exception {
        Script s = new Script("test");
        s.call("chdir /nowhere", FrontCalls.CHDIR, s.text("/nowhere"));
        Result result = run(s.elf());
        assertEquals("stasis: test: chdir /nowhere: errno 002\n", result.output);
        assertEquals(Script.FAILED, result.code);
    }

    @Test
    void execPassesItsOwnArgumentsAndTheCallers() throws Exception {
        Script s = new Script("test");
        s.exec(List.of("/bin/echo", "a", "b"), true, 2);
        assertEquals("a b d e\n", run(s.elf(), "c", "d", "e").output);
    }

    @Test
    void variablesAndJumpsWork() throws Exception {
        Script s = new Script("test");
        int child = s.room(8);
        int status = s.room(8);
        stasis.arch.asm.Label parent = new stasis.arch.asm.Label();
        s.call("clone", FrontCalls.CLONE, 17, 0, 0, 0, 0).ifNonZero(parent);
        s.exit(s.number(7));
        s.asm().bind(parent);
        s.keep(child);
        s.call(
                "wait4",
                FrontCalls.WAIT4,
                s.value(child),
                s.address(status),
                s.number(0),
                s.number(0));
        s.asm().load(stasis.arch.asm.Reg.RDI, stasis.arch.asm.Reg.RBX, status);
        s.asm().bytes((byte) 0xc1, (byte) 0xef, (byte) 8); // shr edi, 8
        s.asm().mov(stasis.arch.asm.Reg.RAX, FrontCalls.EXIT_GROUP).syscall();
        assertEquals(7, run(s.elf()).code);
    }

    @Test
    void aWaiterWhoseSandboxIsGoneEndsAsIfKilled() throws Exception {
        assertEquals(137, run(WaiterProgram.elf()).code);
    }
}
