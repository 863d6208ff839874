package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Futex.FUTEX_PRIVATE_FLAG;
import static stasis.abi.Futex.FUTEX_WAKE;
import static stasis.abi.Mman.MAP_ANONYMOUS;
import static stasis.abi.Mman.MAP_PRIVATE;
import static stasis.abi.Mman.PROT_READ;
import static stasis.abi.Mman.PROT_WRITE;
import static stasis.abi.Socket.AF_INET;
import static stasis.abi.Socket.SOCK_STREAM;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.abi.SyscallException;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.syscall.SyscallHandler;
import stasis.kernel.syscall.linux.LinuxX64;
import stasis.kernel.task.Task;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The calls that programs make most leave nothing to collect, compiled or not. */
class AllocationTest {
    private static final int CALLS = 2000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final SyscallArgs args = new SyscallArgs();
    private Sandbox sandbox;
    private Task task;

    /** A page that can be written. */
    private long page;

    @BeforeEach
    void aProcessThatDoesNotRun() throws Exception {
        sandbox = new Sandbox(TestPlatform.provider());
        Path program = GuestPrograms.compiled("pipes");
        task = sandbox.create(sandbox.tmpfsRoot(List.of(program)), List.of("/bin/pipes")).leader();
        args.a1 = 4096;
        args.a2 = PROT_READ | PROT_WRITE;
        args.a3 = MAP_PRIVATE | MAP_ANONYMOUS;
        args.a4 = -1;
        page = handler(9).run(task, args);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private interface Step {
        void run() throws SyscallException;
    }

    private void assertAllocatesNothing(Step step) throws SyscallException {
        for (int i = 0; i < CALLS; i++) step.run();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) step.run();
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < CALLS, bytes + " bytes of " + CALLS + " calls");
    }

    private static SyscallHandler handler(int number) {
        var line = Objects.requireNonNull(LinuxX64.table().line(number));
        return Objects.requireNonNull(line.handler());
    }

    private void io(SyscallHandler handler, long fd, long offset) throws SyscallException {
        args.a0 = fd;
        args.a1 = page;
        args.a2 = 64;
        args.a3 = offset;
        assertEquals(64, handler.run(task, args));
    }

    @Test
    void numbersAndYield() throws Exception {
        SyscallHandler getppid = handler(110);
        SyscallHandler gettid = handler(186);
        SyscallHandler yield = handler(24);
        assertAllocatesNothing(
                () -> {
                    getppid.run(task, args);
                    gettid.run(task, args);
                    yield.run(task, args);
                });
    }

    @Test
    void clockAsACall() throws Exception {
        SyscallHandler clock = handler(228);
        args.a0 = 1; // CLOCK_MONOTONIC
        args.a1 = page;
        assertAllocatesNothing(() -> clock.run(task, args));
    }

    @Test
    void futexWakeOfNobody() throws Exception {
        SyscallHandler futex = handler(202);
        args.a0 = page;
        args.a1 = FUTEX_WAKE | FUTEX_PRIVATE_FLAG;
        args.a2 = 1;
        assertAllocatesNothing(() -> assertEquals(0, futex.run(task, args)));
    }

    @Test
    void bytesThroughAPipe() throws Exception {
        args.a0 = page;
        handler(22).run(task, args); // pipe
        int reader = task.memory().readInt(page);
        int writer = task.memory().readInt(page + 4);
        SyscallHandler read = handler(0);
        SyscallHandler write = handler(1);
        assertAllocatesNothing(
                () -> {
                    io(write, writer, 0);
                    io(read, reader, 0);
                });
    }

    private long call(int number, long a0, long a1, long a2) throws SyscallException {
        args.a0 = a0;
        args.a1 = a1;
        args.a2 = a2;
        args.a3 = 0;
        return handler(number).run(task, args);
    }

    @Test
    void bytesOverATcpConnection() throws Exception {
        long listener = call(41, AF_INET, SOCK_STREAM, 0);
        task.memory().writeBytes(page, new byte[] {AF_INET, 0, 0x12, 0x34, 127, 0, 0, 1});
        call(49, listener, page, 16); // bind
        call(50, listener, 1, 0); // listen
        long client = call(41, AF_INET, SOCK_STREAM, 0);
        call(42, client, page, 16); // connect
        long server = call(43, listener, 0, 0); // accept
        SyscallHandler read = handler(0);
        SyscallHandler write = handler(1);
        assertAllocatesNothing(
                () -> {
                    io(write, client, 0);
                    io(read, server, 0);
                });
    }

    @Test
    void bytesOfAFileInMemory() throws Exception {
        task.memory().writeBytes(page, "/tmp/file\0".getBytes(StandardCharsets.ISO_8859_1));
        args.a0 = page;
        args.a1 = O_RDWR | O_CREAT;
        args.a2 = 0600;
        long fd = handler(2).run(task, args);
        SyscallHandler pread = handler(17);
        SyscallHandler pwrite = handler(18);
        assertAllocatesNothing(
                () -> {
                    io(pwrite, fd, 0);
                    io(pread, fd, 0);
                });
    }
}
