package stasis.platform.ptrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import stasis.arch.Registers;
import stasis.platform.AddressSpace;
import stasis.platform.ExecutionContext;
import stasis.platform.Platform;
import stasis.platform.PlatformContractTest;
import stasis.platform.PlatformException;
import stasis.platform.Stop;
import stasis.platform.StubProcesses;
import stasis.platform.stub.StubCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class PtracePlatformTest extends PlatformContractTest {
    @Test
    void stubHoldsNothingButItsTwoPagesThreeFilesAndAFilter() throws Exception {
        platform.newAddressSpace();
        List<ProcessHandle> stubs = ProcessHandle.current().children().toList();
        assertEquals(2, stubs.size()); // the master and one space
        for (ProcessHandle stub : stubs) {
            Path proc = Path.of("/proc", String.valueOf(stub.pid()));
            List<String> maps =
                    Files.readAllLines(proc.resolve("maps")).stream()
                            .filter(line -> !line.endsWith("[vsyscall]"))
                            .map(line -> line.split(" ")[0] + " " + line.split(" ")[1])
                            .toList();
            assertEquals(
                    List.of("7fffffffd000-7fffffffe000 r-xs", "7fffffffe000-7ffffffff000 r--s"),
                    maps);
            try (Stream<Path> fds = Files.list(proc.resolve("fd"))) {
                assertEquals(3, fds.count()); // two of memory, one of tables
            }
            List<String> status = Files.readAllLines(proc.resolve("status"));
            assertTrue(status.contains("NoNewPrivs:\t1"), status.toString());
            assertTrue(status.contains("Seccomp:\t2"), status.toString());
        }
    }

    @Test
    void spaceDiesWhenSomebodyKillsItsStub() throws Exception {
        AddressSpace space = platform.newAddressSpace();
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = new Registers();
            platform.reset(registers);
            assertEquals(new Stop.PageFault(0, false), context.run(space, registers));
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
            assertEquals(Stop.EXITED, context.run(space, registers));
            space.map(StubCode.GUEST_START, 4096, 0, 0);
            space.commit();
            assertEquals(Stop.EXITED, context.run(space, registers));
        }
        assertThrows(PlatformException.class, () -> platform.newAddressSpace());
    }

    @Override
    protected Platform open() throws PlatformException {
        return new PtraceProvider().open();
    }

    @Override
    protected int stubsLeft() {
        return StubProcesses.left();
    }
}
