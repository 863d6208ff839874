package stasis.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

@Timeout(60)
class HostTest {
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;

    @Test
    void resultsAreThoseOfTheKernelAndErrorsAreNegative() {
        assertEquals(ProcessHandle.current().pid(), Host.getpid());
        assertEquals(-9, Host.close(-1));
    }

    @Test
    void sixArgumentsArriveInOrder() throws HostException {
        // mmap takes them all: an anonymous page at an offset that must be refused, then accepted
        assertEquals(-22, Host.syscall(Nr.MMAP, 0, 4096, 3, 0x22, -1, 1));
        long at = HostException.check(Host.syscall(Nr.MMAP, 0, 4096, 3, 0x22, -1, 0), "mmap");
        Host.unmap(at, 4096);
    }

    @Test
    void spawnedProgramSeesItsArgumentsAndEnvironment() throws Exception {
        HostFd[] pipe = Host.pipe(O_CLOEXEC | O_NONBLOCK);
        try (HostFd reader = pipe[0];
                HostFd writer = pipe[1];
                HostFd inherited = writer.inheritable(100);
                Arena arena = Arena.ofConfined()) {
            String script = "echo \"$1 $V\" > /proc/self/fd/" + inherited.number();
            int pid =
                    Host.spawn(
                            "/bin/sh", List.of("sh", "-c", script, "x", "one"), List.of("V=two"));
            assertEquals(pid, Host.waitpid(pid, 0, 0));
            MemorySegment line = arena.allocate(64);
            assertEquals(8, Host.read(reader.number(), line));
            assertEquals("one two\n", line.getString(0));
        }
    }

    @Test
    void descriptorsTravelWithAMessage() throws Exception {
        FdSocket[] ends = FdSocket.pair();
        HostFd[] pipe = Host.pipe(O_CLOEXEC);
        try (FdSocket left = ends[0];
                FdSocket right = ends[1];
                HostFd reader = pipe[0];
                Arena arena = Arena.ofConfined()) {
            left.send(arena.allocateFrom("hello").asSlice(0, 5), pipe[1].number());
            pipe[1].close();
            MemorySegment data = arena.allocate(16);
            assertEquals(5, right.receive(data));
            HostFd[] received = right.takeReceived();
            assertEquals(1, received.length);
            Host.writeAll(received[0].number(), new byte[] {42});
            received[0].close();
            assertEquals(1, Host.read(reader.number(), data));
            assertEquals(42, data.get(JAVA_BYTE, 0));
        }
    }

    @Test
    void messageThatDoesNotFitIsAnErrorAndTheEndIsZero() throws Exception {
        FdSocket[] ends = FdSocket.pair();
        try (FdSocket right = ends[1];
                Arena arena = Arena.ofConfined()) {
            ends[0].send(arena.allocate(32), 0);
            HostException e =
                    assertThrows(HostException.class, () -> right.receive(arena.allocate(8)));
            assertEquals(90, e.errno());
            ends[0].close();
            assertEquals(0, right.receive(arena.allocate(8)));
        }
    }

    @Test
    void punchedMemoryReadsAsZeroAndIsAHole() throws Exception {
        try (LayeredMemory file = new LayeredMemory("test", 4L << 20, 0)) {
            file.mapping().set(JAVA_LONG, 0x10_0000, 1);
            assertEquals(0x10_0000, file.nextData(0));
            assertEquals(0x10_1000, file.nextHole(0x10_0000));
            file.punch(0x10_0000, 4096);
            assertEquals(file.size(), file.nextData(0));
            assertEquals(0, file.mapping().get(JAVA_LONG, 0x10_0000)); // allocates it again
        }
    }

    @Test
    void pathsWithAZeroOrTooLongAreRefused() {
        Scratch scratch = Scratch.ofThisThread();
        assertEquals(22, assertThrows(HostException.class, () -> scratch.path("a\0b")).errno());
        byte[] tooLong = new byte[4096];
        java.util.Arrays.fill(tooLong, (byte) 'a');
        assertEquals(36, assertThrows(HostException.class, () -> scratch.path(tooLong)).errno());
    }

    @Test
    void openat2KeepsPathsBeneathADirectory() throws Exception {
        Scratch scratch = Scratch.ofThisThread();
        long root = Host.syscall(Nr.OPENAT, -100, scratch.path("/tmp"), 0x10000);
        try (HostFd dir = new HostFd((int) HostException.check(root, "openat"))) {
            long result = Host.openat2(dir.number(), scratch.path("../etc"), 0x200000, 0, 0x8);
            assertEquals(-18, result); // RESOLVE_BENEATH: EXDEV
        }
    }

    @Test
    void seccompJumpsLeadWhereTheyShould() {
        var trap = new stasis.arch.asm.Label();
        byte[] program =
                new SeccompFilter()
                        .load(SeccompFilter.NR)
                        .ifEqual(39, trap)
                        .answer(SeccompFilter.RET_ALLOW)
                        .bind(trap)
                        .answer(SeccompFilter.RET_TRAP)
                        .toBytes();
        MemorySegment p = MemorySegment.ofArray(program);
        assertEquals(4, program.length / 8);
        assertEquals(1, program[8 + 2]); // one instruction further
        assertEquals(0, program[8 + 3]);
        assertEquals(SeccompFilter.RET_TRAP, p.get(JAVA_INT.withByteAlignment(1), 24 + 4));
    }
}
