package stasis.platform.systrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import stasis.arch.Access;
import stasis.arch.Registers;
import stasis.arch.asm.Assembler;
import stasis.arch.asm.Assembler.Condition;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;
import stasis.platform.AddressSpace;
import stasis.platform.ExecutionContext;
import stasis.platform.Stop;

import java.lang.foreign.MemorySegment;

/** Guest code does not see that its calls have become jumps. */
@Timeout(60)
class PatchingTest {
    /** Near enough to the trampolines. */
    private static final long CODE = SystrapCode.TRAMPOLINES - (64 << 20);

    private static final long DATA = CODE - (1 << 20);
    private static final int STEADY = Access.READ | Access.EXECUTE | Access.STEADY;

    private SystrapPlatform platform;

    @BeforeEach
    void open() throws Exception {
        platform = (SystrapPlatform) new SystrapProvider().open();
    }

    @AfterEach
    void close() {
        platform.close();
    }

    /** Behind so many bytes that what stands before a site is known. */
    private static Assembler code() {
        Assembler a = new Assembler();
        for (int i = 0; i < 16; i++) a.bytes((byte) 0x90);
        return a;
    }

    private AddressSpace space(Assembler code) throws Exception {
        byte[] bytes = code.toBytes();
        MemorySegment.copy(bytes, 0, platform.memory().mapping(), JAVA_BYTE, 0, bytes.length);
        AddressSpace space = platform.newAddressSpace();
        space.map(CODE, 4096, 0, STEADY);
        space.map(DATA, 4096, 4096, Access.READ | Access.WRITE);
        return space;
    }

    private Registers start() {
        Registers registers = new Registers();
        platform.reset(registers);
        registers.set(Registers.RIP, CODE);
        registers.set(Registers.RSP, DATA + 4096);
        registers.set(Registers.RBX, DATA);
        return registers;
    }

    private static Stop run(ExecutionContext context, AddressSpace space, Registers registers) {
        Stop stop;
        do {
            stop = context.run(space, registers);
        } while (stop == Stop.INTERRUPTED);
        return stop;
    }

    /** {@code for (;;) call(number);} */
    private static Assembler loop(int number) {
        Label again = new Label();
        return code().bind(again).mov(Reg.RAX, number).syscall().jmp(again);
    }

    /** Makes calls until the site is patched, and some more. */
    private void callOften(ExecutionContext context, AddressSpace space, Registers registers) {
        int before = platform.patchedPages().sites();
        for (int i = 0; i < 3 * SiteCounts.HOT; i++) {
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            registers.set(Registers.RAX, i);
        }
        assertEquals(before + 1, platform.patchedPages().sites());
    }

    @Test
    void aPatchedCallLooksLikeAnyOther() throws Exception {
        AddressSpace space = space(loop(39));
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            Registers before = registers;
            for (int i = 0; i < Registers.GENERAL_BYTES; i += 8) {
                if (isOwn(i)) registers.set(i, 0x1234_5678_9abc_def0L + i);
            }
            run(context, space, registers); // by full load
            for (int n = 0; n < 3; n++) {
                registers.set(Registers.RAX, -n);
                assertEquals(Stop.SYSCALL, run(context, space, registers));
                assertEquals(39, registers.get(Registers.RAX));
                assertEquals(39, registers.get(Registers.ORIG_RAX));
                assertEquals(CODE + 16 + 7, registers.get(Registers.RIP));
                assertEquals(CODE + 16 + 7, registers.get(Registers.RCX));
                assertEquals(registers.get(Registers.EFLAGS), registers.get(Registers.R11));
                assertEquals(DATA + 4096, registers.get(Registers.RSP));
                for (int i = 0; i < Registers.GENERAL_BYTES; i += 8) {
                    if (isOwn(i))
                        assertEquals(0x1234_5678_9abc_def0L + i, before.get(i), "at " + i);
                }
            }
        }
    }

    /** General registers that a call leaves alone. */
    private static boolean isOwn(int r) {
        return r == Registers.R8
                || r == Registers.R9
                || r == Registers.R10
                || r == Registers.R12
                || r == Registers.R13
                || r == Registers.R14
                || r == Registers.R15
                || r == Registers.RDI
                || r == Registers.RSI
                || r == Registers.RBP
                || r == Registers.RBX
                || r == Registers.RDX;
    }

    /** rax counts down by what the sentry answers; the flags of the comparison decide. */
    @Test
    void aComparisonBehindTheCallIsMade() throws Exception {
        Label again = new Label();
        Label out = new Label();
        Assembler a = code().bind(again).xor(Reg.RAX, Reg.RAX).syscall();
        a.bytes((byte) 0x48, (byte) 0x3d).int32(-4096).jcc(Condition.ABOVE, out).jmp(again);
        a.bind(out).mov(Reg.RAX, 77).syscall();
        AddressSpace space = space(a);
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            registers.set(Registers.RAX, -4096);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            assertEquals(0, registers.get(Registers.RAX));
            registers.set(Registers.RAX, -4095);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            assertEquals(77, registers.get(Registers.RAX));
        }
    }

    /** As after a signal handler: everything is loaded, and the guest stands behind the call. */
    @Test
    void aThreadThatGoesOnBehindAPatchedCallMakesTheComparison() throws Exception {
        Label out = new Label();
        Label again = new Label();
        Assembler a = code().bind(again).xor(Reg.RAX, Reg.RAX).syscall();
        a.bytes((byte) 0x48, (byte) 0x3d).int32(1000).jcc(Condition.ZERO, out).jmp(again);
        a.bind(out).mov(Reg.RAX, 77).syscall();
        AddressSpace space = space(a);
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            registers.set(Registers.RDX, 99);
            registers.set(Registers.RAX, 1000);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            assertEquals(77, registers.get(Registers.RAX));
            assertEquals(99, registers.get(Registers.RDX));
        }
    }

    @Test
    void jumpsIntoTheMiddleMakeTheCall() throws Exception {
        AddressSpace space = space(loop(39));
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            registers.set(Registers.RIP, CODE + 16 + 5);
            registers.set(Registers.RAX, 110);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            assertEquals(110, registers.get(Registers.RAX));
            assertEquals(CODE + 16 + 7, registers.get(Registers.RIP));
        }
    }

    @Test
    void guestMemoryIsNotTouched() throws Exception {
        Assembler code = loop(39);
        AddressSpace space = space(code);
        try (ExecutionContext context = platform.openContext()) {
            callOften(context, space, start());
        }
        byte[] expected = code.toBytes();
        MemorySegment now = platform.memory().mapping().asSlice(0, expected.length);
        assertEquals(-1, MemorySegment.ofArray(expected).mismatch(now));
    }

    /** What a process writes where it had code is what it then runs. */
    @Test
    void pagesThatBecomeWritableAreTheOriginalOnes() throws Exception {
        AddressSpace space = space(loop(39));
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            space.protect(CODE, 4096, Access.READ | Access.WRITE);
            space.commit();
            MemorySegment memory = platform.memory().mapping();
            assertEquals((byte) 0xb8, memory.get(JAVA_BYTE, 16));
            memory.set(JAVA_BYTE, 17, (byte) 40);
            space.protect(CODE, 4096, Access.READ | Access.EXECUTE);
            registers.set(Registers.RIP, CODE);
            for (int i = 0; i < 2 * SiteCounts.HOT; i++) {
                assertEquals(Stop.SYSCALL, run(context, space, registers));
                assertEquals(40, registers.get(Registers.RAX));
            }
        }
    }

    @Test
    void aCloneAndALaterProcessArePatchedFromTheBeginning() throws Exception {
        AddressSpace space = space(loop(39));
        try (ExecutionContext context = platform.openContext()) {
            callOften(context, space, start());
            AddressSpace child = space.fork();
            space.release();
            AddressSpace later = platform.newAddressSpace();
            later.map(CODE, 4096, 0, STEADY);
            for (AddressSpace s : new AddressSpace[] {child, later}) {
                Registers registers = start();
                for (int i = 0; i < 3 * SiteCounts.HOT; i++) {
                    assertEquals(Stop.SYSCALL, run(context, s, registers));
                    assertTrue(((SystrapContext) context).wasPatched(), "by signal");
                }
                s.release();
            }
            assertEquals(1, platform.patchedPages().sites());
        }
    }

    /** The same place in the file holds something else when it is mapped again. */
    @Test
    void otherCodeAtTheSamePlaceIsNotPatched() throws Exception {
        AddressSpace space = space(loop(39));
        try (ExecutionContext context = platform.openContext()) {
            callOften(context, space, start());
            AddressSpace other = space(loop(40));
            Registers registers = start();
            assertEquals(Stop.SYSCALL, run(context, other, registers));
            assertEquals(40, registers.get(Registers.RAX));
        }
    }

    @Test
    void aGuestThatUsesItsGsBaseMakesItsCallsBySignal() throws Exception {
        Label again = new Label();
        Assembler a = code().bind(again).mov(Reg.RAX, 39).syscall();
        a.test(Reg.RDI, Reg.RDI).jcc(Condition.ZERO, again).wrgsbase(Reg.RDI).jmp(again);
        AddressSpace space = space(a);
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            registers.set(Registers.RDI, DATA);
            for (int i = 0; i < 3 * SiteCounts.HOT; i++) {
                assertEquals(Stop.SYSCALL, run(context, space, registers));
                assertEquals(39, registers.get(Registers.RAX));
                assertEquals(CODE + 16 + 7, registers.get(Registers.RIP));
                assertEquals(DATA, registers.get(Registers.GS_BASE));
            }
        }
    }

    @Test
    void theGsBaseOfAPatchedGuestIsStillZero() throws Exception {
        AddressSpace space = space(loop(39));
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            assertEquals(0, registers.get(Registers.GS_BASE));
        }
    }

    @Test
    void theFpuOfAPatchedGuestIsSavedAndLoaded() throws Exception {
        AddressSpace space = space(loop(39));
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            context.loadFpu(registers);
            long xmm0 = registers.fpu().get(JAVA_LONG, 160);
            registers.fpu().set(JAVA_LONG, 160, xmm0 + 12345);
            registers.fpu().set(JAVA_LONG, 512, registers.fpu().get(JAVA_LONG, 512) | 2);
            registers.fpuChanged(platform.fpuBytes());
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            context.loadFpu(registers);
            assertEquals(xmm0 + 12345, registers.fpu().get(JAVA_LONG, 160));
            assertEquals(Stop.SYSCALL, run(context, space, registers));
        }
    }

    /** Stops come between any two instructions: at the site, in the trampoline, in the stub. */
    @Test
    void interruptionsLeaveTheGuestAtAPlaceOfItsOwn() throws Exception {
        Label again = new Label();
        Assembler a = code().bind(again).xor(Reg.RAX, Reg.RAX).syscall();
        a.bytes((byte) 0x48, (byte) 0x3d).int32(5).add(Reg.RBP, 1).jmp(again);
        int end = a.size();
        AddressSpace space = space(a);
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            registers.set(Registers.RBP, 0);
            Thread kicker = Thread.ofPlatform().daemon().start(() -> kick(context));
            int interruptions = 0;
            for (long calls = 0; calls < 200_000 && interruptions < 300; ) {
                Stop stop = context.run(space, registers);
                long rip = registers.get(Registers.RIP);
                assertTrue(rip >= CODE && rip < CODE + end, Long.toHexString(rip));
                if (stop == Stop.INTERRUPTED) {
                    interruptions++;
                } else {
                    assertEquals(Stop.SYSCALL, stop);
                    assertEquals(++calls, registers.get(Registers.RBP));
                    registers.set(Registers.RAX, 3);
                }
            }
            kicker.interrupt();
            kicker.join();
            assertTrue(interruptions > 0);
        }
    }

    private static void kick(ExecutionContext context) {
        while (!Thread.currentThread().isInterrupted()) context.interrupt();
    }

    @Test
    void codeThatIsNotSteadyIsNotPatched() throws Exception {
        AddressSpace space = space(loop(39));
        space.map(CODE, 4096, 0, Access.READ | Access.EXECUTE);
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            for (int i = 0; i < 3 * SiteCounts.HOT; i++) {
                assertEquals(Stop.SYSCALL, run(context, space, registers));
            }
            assertEquals(0, platform.patchedPages().sites());
        }
    }

    /** Between the two instructions of a patched call is none that does anything. */
    @Test
    void theMiddleOfAPatchedCallIsNoInstruction() throws Exception {
        Label again = new Label();
        Assembler a = code().bind(again).xor(Reg.RAX, Reg.RAX).syscall();
        a.bytes((byte) 0x48, (byte) 0x3d).int32(5).jmp(again);
        AddressSpace space = space(a);
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = start();
            callOften(context, space, registers);
            AddressSpace child = space.fork();
            Assembler jump = new Assembler().mov(Reg.RDX, CODE + 16 + 3 + 2).jmp(Reg.RDX);
            byte[] bytes = jump.toBytes();
            MemorySegment.copy(
                    bytes, 0, platform.memory().mapping(), JAVA_BYTE, 8192, bytes.length);
            child.map(DATA, 4096, 8192, Access.READ | Access.EXECUTE);
            registers.set(Registers.RIP, DATA);
            registers.set(Registers.RSP, DATA + 4096);
            // SIGILL there is served: the comparison is made, and the next call
            assertEquals(Stop.SYSCALL, run(context, child, registers));
            assertEquals(CODE + 16 + 3 + 2, registers.get(Registers.RIP));
        }
    }
}
