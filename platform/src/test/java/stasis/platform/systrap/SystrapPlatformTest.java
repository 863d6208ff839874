package stasis.platform.systrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.Test;

import stasis.arch.Access;
import stasis.arch.Registers;
import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;
import stasis.host.Nr;
import stasis.platform.AddressSpace;
import stasis.platform.ExecutionContext;
import stasis.platform.Platform;
import stasis.platform.PlatformContractTest;
import stasis.platform.PlatformException;
import stasis.platform.Stop;
import stasis.platform.StubProcesses;
import stasis.platform.stub.StubCode;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The contract, and what guest code can try that knows the stub. */
class SystrapPlatformTest extends PlatformContractTest {
    private static final long AT = 0x10_0000;
    private static final long DATA = 0x20_0000;
    private static final int SIGSEGV = 11;

    /** The first guest thread's. */
    private static final long AREA = SystrapCode.AREAS;

    private AddressSpace space(Assembler code) throws PlatformException {
        byte[] bytes = code.toBytes();
        MemorySegment.copy(bytes, 0, platform.memory().mapping(), JAVA_BYTE, 0, bytes.length);
        AddressSpace space = platform.newAddressSpace();
        space.map(AT, 4096, 0, Access.READ | Access.EXECUTE);
        space.map(DATA, 4096, 4096, Access.READ | Access.WRITE);
        return space;
    }

    private Registers start() {
        Registers registers = new Registers();
        platform.reset(registers);
        registers.set(Registers.RIP, AT);
        registers.set(Registers.RSP, DATA + 4096);
        return registers;
    }

    /** Runs until something other than an interruption. */
    private static Stop run(ExecutionContext context, AddressSpace space, Registers registers) {
        Stop stop;
        do {
            stop = context.run(space, registers);
        } while (stop == Stop.INTERRUPTED);
        return stop;
    }

    /** A call of guest code from the stub's own {@code syscall} instruction. */
    private Stop callFromStub(int nr, long rdi, long rsi, long rdx, long r10, long r8)
            throws Exception {
        Assembler code = new Assembler();
        code.mov(Reg.RAX, nr).mov(Reg.RDI, rdi).mov(Reg.RSI, rsi).mov(Reg.RDX, rdx);
        code.mov(Reg.R10, r10).mov(Reg.R8, r8).mov(Reg.RBX, StubCode.CODE).jmp(Reg.RBX);
        AddressSpace space = space(code);
        try (ExecutionContext context = platform.openContext()) {
            return run(context, space, start());
        } finally {
            space.release();
        }
    }

    /** The instruction is followed by int3: a call that was made would be a SIGTRAP there. */
    @Test
    void callsFromTheStubsInstructionAreRefused() throws Exception {
        int map = 0x11;
        Stop refused = new Stop.Fault(SIGSEGV, 0x80, 0);
        assertEquals(refused, callFromStub(Nr.MMAP, DATA, 4096, 7, map, 3));
        assertEquals(refused, callFromStub(Nr.MUNMAP, StubCode.CODE, 4096, 0, 0, 0));
        assertEquals(refused, callFromStub(Nr.MPROTECT, AREA, 4096, 7, 0, 0));
        assertEquals(refused, callFromStub(Nr.CLONE, StubCode.CLONE_PROCESS, 0, 0, 0, 0));
        assertEquals(refused, callFromStub(Nr.EXIT, 0, 0, 0, 0, 0));
        assertEquals(refused, callFromStub(Nr.KILL, 1, 9, 0, 0, 0));
        assertEquals(refused, callFromStub(15, 0, 0, 0, 0, 0)); // rt_sigreturn
        assertEquals(refused, callFromStub(Nr.FUTEX, DATA, 0, 0, 0, 0));
        assertEquals(refused, callFromStub(Nr.FUTEX, AREA, 3, 0, 0, 0)); // FUTEX_REQUEUE
    }

    @Test
    void areasOfOtherProcessesAreNotThere() throws Exception {
        Assembler code = new Assembler().load(Reg.RBX, Reg.RDI, 0).mov(Reg.RAX, 1).syscall();
        AddressSpace first = space(code);
        AddressSpace second = space(code);
        Registers registers = start();
        registers.set(Registers.RDI, AREA);
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.SYSCALL, run(context, first, registers)); // its own
            registers = start();
            registers.set(Registers.RDI, AREA);
            assertEquals(new Stop.PageFault(AREA, false), run(context, second, registers));
            AddressSpace child = second.fork();
            registers = start();
            registers.set(Registers.RDI, AREA + Area.BYTES); // its parent's
            assertEquals(
                    new Stop.PageFault(AREA + Area.BYTES, false), run(context, child, registers));
        }
    }

    /** Another thread of the process writes all over a thread's area, all the time. */
    @Test
    void scribblingOverAnAreaHurtsOnlyTheProcess() throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            Label again = new Label();
            Assembler caller = new Assembler().bind(again).mov(Reg.RAX, 39).syscall().jmp(again);
            AddressSpace space = space(caller);
            try (ExecutionContext context = platform.openContext()) {
                Registers registers = start();
                run(context, space, registers);
                scribble(seed, space, context, registers);
            } finally {
                space.release();
            }
        }
        Assembler code = new Assembler().mov(Reg.RAX, 39).syscall();
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.SYSCALL, run(context, space(code), start()));
        }
    }

    /** The test's own hands, which are faster than a guest's. */
    private void scribble(
            int seed, AddressSpace space, ExecutionContext context, Registers registers)
            throws InterruptedException {
        Area area = Objects.requireNonNull(((SystrapContext) context).area());
        var random = new java.util.Random(seed);
        Thread hand =
                Thread.ofPlatform()
                        .daemon()
                        .start(
                                () -> {
                                    for (int n = 0; !Thread.interrupted(); n++) {
                                        int at = 4 + random.nextInt(140) * 4;
                                        area.setInt(at, random.nextInt());
                                        // it may have put itself to sleep
                                        if (n % 1000 == 999) context.interrupt();
                                    }
                                });
        try {
            for (int i = 0; i < 50; i++) {
                Stop stop = context.run(space, registers);
                context.loadFpu(registers);
                if (stop == Stop.EXITED) break;
                Registers sane = start();
                for (int r = 0; r < Registers.GENERAL_BYTES; r += 8) registers.set(r, sane.get(r));
            }
        } finally {
            hand.interrupt();
            hand.join(); // before the area is anybody else's
        }
    }

    @Test
    void guestThatGivesItsOwnTurnAwayIsStopped() throws Exception {
        // WORD = 1 without a stop: the sentry believes in one, and the guest goes on
        Label spin = new Label();
        Assembler code = new Assembler();
        code.mov(Reg.RBX, AREA).store32(Reg.RBX, Area.WORD, Area.SENTRY).bind(spin).jmp(spin);
        AddressSpace space = space(code);
        try (ExecutionContext context = platform.openContext()) {
            context.interrupt();
            for (int i = 0; i < 5; i++) {
                context.interrupt();
                context.run(space, start());
            }
            space.release();
            assertEquals(Stop.EXITED, run(context, space, start()));
        }
    }

    @Test
    void alternateStackThatIsNoneEndsTheProcess() throws Exception {
        // sigaltstack is the one call that guest code can make from the stub for itself
        Assembler code = new Assembler();
        code.mov(Reg.RAX, Nr.SIGALTSTACK).mov(Reg.RDI, DATA).xor(Reg.RSI, Reg.RSI);
        code.xor(Reg.RSP, Reg.RSP).mov(Reg.RBX, StubCode.CODE).jmp(Reg.RBX);
        AddressSpace space = space(code);
        platform.memory().mapping().asSlice(4096, 24).fill((byte) 0);
        platform.memory().mapping().set(java.lang.foreign.ValueLayout.JAVA_INT, 4096 + 8, 2);
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.EXITED, run(context, space, start())); // SS_DISABLE
        }
    }

    @Test
    void spaceDiesWhenSomebodyKillsItsStub() throws Exception {
        Label spin = new Label();
        AddressSpace space = space(new Assembler().bind(spin).jmp(spin));
        try (ExecutionContext context = platform.openContext()) {
            context.interrupt();
            assertEquals(Stop.INTERRUPTED, context.run(space, start()));
            Thread.ofPlatform()
                    .start(
                            () ->
                                    ProcessHandle.current()
                                            .children()
                                            .forEach(ProcessHandle::destroyForcibly));
            assertEquals(Stop.EXITED, run(context, space, start()));
        }
        assertThrows(PlatformException.class, () -> platform.newAddressSpace());
    }

    @Override
    protected Platform open() throws PlatformException {
        return new SystrapProvider().open();
    }

    @Override
    protected int stubsLeft() {
        return StubProcesses.left();
    }
}
