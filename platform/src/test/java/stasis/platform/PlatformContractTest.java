package stasis.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.platform.GuestProgram.CODE;
import static stasis.platform.GuestProgram.DATA;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import stasis.arch.Access;
import stasis.arch.Registers;
import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** What every platform does. One subclass for each. */
@Timeout(60)
public abstract class PlatformContractTest {
    private static final int SIGILL = 4;
    private static final int SIGTRAP = 5;
    private static final int SIGFPE = 8;
    private static final int SIGSEGV = 11;

    protected Platform platform;

    /** Opens the platform under test. */
    protected abstract Platform open() throws PlatformException;

    /** Processes of the platform that are left; -1 if it has none of its own. */
    protected abstract int stubsLeft() throws Exception;

    @BeforeEach
    void openPlatform() throws Exception {
        platform = open();
    }

    @AfterEach
    void closePlatform() {
        platform.close();
    }

    private static Assembler code() {
        return new Assembler();
    }

    private static <T> FutureTask<T> onThread(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    /** Runs until something other than an interruption. */
    private static Stop run(ExecutionContext context, AddressSpace space, Registers registers) {
        Stop stop;
        do {
            stop = context.run(space, registers);
        } while (stop == Stop.INTERRUPTED);
        return stop;
    }

    @Test
    void systemCallStopsBehindTheInstructionAndResultComesBack() throws Exception {
        var program =
                new GuestProgram(
                        platform,
                        code().mov(Reg.RAX, 39)
                                .mov(Reg.RDI, 7)
                                .syscall()
                                .mov(Reg.RBX, Reg.RAX)
                                .mov(Reg.RAX, 60)
                                .syscall());
        AddressSpace space = program.load();
        Registers registers = program.start();
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            assertEquals(39, registers.get(Registers.ORIG_RAX));
            assertEquals(39, registers.get(Registers.RAX));
            assertEquals(7, registers.get(Registers.RDI));
            assertEquals(CODE + 12, registers.get(Registers.RIP));
            assertEquals(CODE + 12, registers.get(Registers.RCX));
            assertEquals(registers.get(Registers.EFLAGS), registers.get(Registers.R11));

            registers.set(Registers.RAX, 1234);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            assertEquals(1234, registers.get(Registers.RBX));
            assertEquals(60, registers.get(Registers.ORIG_RAX));
        }
    }

    @Test
    void everyGeneralRegisterReachesTheGuestAndComesBack() throws Exception {
        var program = new GuestProgram(platform, code().syscall());
        AddressSpace space = program.load();
        Registers registers = program.start();
        int[] all = {
            Registers.RBX, Registers.RDX, Registers.RSI, Registers.RDI, Registers.RBP, Registers.R8,
            Registers.R9, Registers.R10, Registers.R12, Registers.R13, Registers.R14, Registers.R15,
            Registers.RSP, Registers.FS_BASE, Registers.GS_BASE
        };
        for (int r : all) {
            registers.set(r, 0x1234_0000_0000L + r);
        }
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.SYSCALL, run(context, space, registers));
        }
        for (int r : all) {
            assertEquals(0x1234_0000_0000L + r, registers.get(r), "register at " + r);
        }
    }

    @Test
    void resultsThatLookLikeRestartsReachTheGuest() throws Exception {
        Label again = new Label();
        var program =
                new GuestProgram(
                        platform,
                        code().bind(again)
                                .mov(Reg.RAX, 34)
                                .syscall()
                                .mov(Reg.RBX, Reg.RAX)
                                .jmp(again));
        AddressSpace space = program.load();
        Registers registers = program.start();
        try (ExecutionContext context = platform.openContext()) {
            run(context, space, registers);
            for (long result = -530; result < -500; result++) {
                registers.set(Registers.RAX, result);
                context.interrupt();
                assertEquals(Stop.SYSCALL, run(context, space, registers));
                assertEquals(result, registers.get(Registers.RBX));
            }
        }
    }

    @Test
    void absentPageFaultsAndGoesOnWhenItIsMapped() throws Exception {
        var program =
                new GuestProgram(
                        platform, code().load(Reg.RBX, Reg.RDI, 8).mov(Reg.RAX, 1).syscall());
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, 0x7000_0000L);
        platform.memory().mapping().set(JAVA_LONG, 0x9008, 77);
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(new Stop.PageFault(0x7000_0008L, false), run(context, space, registers));
            space.map(0x7000_0000L, 4096, 0x9000, Access.READ);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            assertEquals(77, registers.get(Registers.RBX));
        }
    }

    @Test
    void writeToReadOnlyPageAndFetchFromDataArePresentFaults() throws Exception {
        var program = new GuestProgram(platform, code().store(Reg.RDI, 0, Reg.RSI).jmp(Reg.RSI));
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, CODE + 0x800);
        registers.set(Registers.RSI, DATA);
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(new Stop.PageFault(CODE + 0x800, true), run(context, space, registers));
            registers.set(Registers.RDI, DATA);
            assertEquals(new Stop.PageFault(DATA, true), run(context, space, registers));
            assertEquals(DATA, registers.get(Registers.RIP));
            assertEquals(DATA, program.data(0));
        }
    }

    @Test
    void protectTakesRightsAwayAndGivesThemBack() throws Exception {
        Label again = new Label();
        var program =
                new GuestProgram(
                        platform,
                        code().bind(again)
                                .store(Reg.RDI, 0, Reg.RSI)
                                .mov(Reg.RAX, 1)
                                .syscall()
                                .jmp(again));
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, DATA);
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            space.protect(DATA, 4096, Access.READ);
            assertEquals(new Stop.PageFault(DATA, true), run(context, space, registers));
            space.protect(DATA, 4096, Access.READ | Access.WRITE);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            space.unmap(DATA, 4096);
            space.commit();
            assertEquals(new Stop.PageFault(DATA, false), run(context, space, registers));
        }
    }

    @Test
    void whatIsWrittenToSealedMemoryAfterAMoveIsNotSeenByItsReader() throws Exception {
        Label again = new Label();
        var program =
                new GuestProgram(
                        platform,
                        code().bind(again)
                                .store(Reg.RDI, 0, Reg.RSI)
                                .load(Reg.RBX, Reg.RDI, 0)
                                .mov(Reg.RAX, 1)
                                .syscall()
                                .jmp(again));
        AddressSpace space = program.load();
        MemoryFile memory = platform.memory();
        Registers registers = program.start();
        registers.set(Registers.RDI, 0x7000_0000L);
        registers.set(Registers.RSI, 1);
        try (ExecutionContext context = platform.openContext()) {
            space.map(0x7000_0000L, 8192, 0x9000, Access.READ | Access.WRITE);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            for (long round = 2; round < 6; round++) {
                SealedMemory seal = memory.seal(0x10_0000);
                space.protect(0x7000_0000L, 8192, Access.READ);
                registers.set(Registers.RSI, round);
                var fault = new Stop.PageFault(0x7000_0000L, true);
                assertEquals(fault, run(context, space, registers));
                memory.makeWritable(0x9000, 4096);
                space.map(0x7000_0000L, 8192, 0x9000, Access.READ | Access.WRITE);
                assertEquals(Stop.SYSCALL, run(context, space, registers));
                assertEquals(round, registers.get(Registers.RBX));
                assertEquals(round, memory.mapping().get(JAVA_LONG, 0x9000));
                assertEquals(round - 1, seal.mapping().get(JAVA_LONG, 0x9000));
                seal.unseal();
                seal.close();
                assertEquals(Stop.SYSCALL, run(context, space, registers));
            }
        }
    }

    @Test
    void sealedMemoryIsNotMappedToBeWritten() throws Exception {
        AddressSpace space = platform.newAddressSpace();
        SealedMemory seal = platform.memory().seal(0x10_0000);
        space.map(0x7000_0000L, 4096, 0x9000, Access.READ);
        assertThrows(
                IllegalStateException.class,
                () -> space.map(0x7000_0000L, 4096, 0x9000, Access.READ | Access.WRITE));
        seal.unseal();
        seal.close();
        space.map(0x7000_0000L, 4096, 0x9000, Access.READ | Access.WRITE);
    }

    @Test
    void longBatchesAreMadeInOrder() throws Exception {
        Label again = new Label();
        var program =
                new GuestProgram(
                        platform,
                        code().bind(again)
                                .load(Reg.RBX, Reg.RDI, 0)
                                .mov(Reg.RAX, 1)
                                .syscall()
                                .add(Reg.RDI, 8192)
                                .jmp(again));
        AddressSpace space = program.load();
        int n = 300;
        for (int i = 0; i < n; i++) {
            platform.memory().mapping().set(JAVA_LONG, 0x10_0000 + i * 4096L, i);
            space.map(0x4000_0000L + i * 8192L, 4096, 0, Access.READ);
            space.map(0x4000_0000L + i * 8192L, 4096, 0x10_0000 + i * 4096L, Access.READ);
        }
        Registers registers = program.start();
        registers.set(Registers.RDI, 0x4000_0000L);
        try (ExecutionContext context = platform.openContext()) {
            for (int i = 0; i < n; i++) {
                assertEquals(Stop.SYSCALL, run(context, space, registers));
                assertEquals(i, registers.get(Registers.RBX));
            }
        }
    }

    @Test
    void forkCopiesMappingsAndLaterChangesStayApart() throws Exception {
        var program =
                new GuestProgram(
                        platform,
                        code().syscall().load(Reg.RBX, Reg.RDI, 0).mov(Reg.RAX, 2).syscall());
        AddressSpace parent = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, DATA);
        program.data(0, 5);
        platform.memory().mapping().set(JAVA_LONG, 0x5000, 6);
        try (ExecutionContext context = platform.openContext()) {
            run(context, parent, registers);
            AddressSpace child = parent.fork();
            parent.map(DATA, 4096, 0x5000, Access.READ);
            Registers copy = new Registers();
            copy.copyFrom(registers);
            long seen =
                    onThread(
                                    () -> {
                                        try (ExecutionContext other = platform.openContext()) {
                                            assertEquals(Stop.SYSCALL, run(other, child, copy));
                                            return copy.get(Registers.RBX);
                                        }
                                    })
                            .get();
            assertEquals(5, seen);
            assertEquals(Stop.SYSCALL, run(context, parent, registers));
            assertEquals(6, registers.get(Registers.RBX));
        }
    }

    @Test
    void twoThreadsOfOneSpaceRunAtTheSameTime() throws Exception {
        Label wait = new Label();
        var program =
                new GuestProgram(
                        platform,
                        code().store(Reg.RDI, 0, Reg.RDI)
                                .bind(wait)
                                .load(Reg.RBX, Reg.RSI, 0)
                                .test(Reg.RBX, Reg.RBX)
                                .jcc(Assembler.Condition.ZERO, wait)
                                .mov(Reg.RAX, 3)
                                .syscall());
        AddressSpace space = program.load();
        FutureTask<Stop> first = onThread(() -> meet(program, space, DATA, DATA + 8));
        FutureTask<Stop> second = onThread(() -> meet(program, space, DATA + 8, DATA));
        assertEquals(Stop.SYSCALL, first.get());
        assertEquals(Stop.SYSCALL, second.get());
    }

    private Stop meet(GuestProgram program, AddressSpace space, long mine, long theirs)
            throws Exception {
        Registers registers = program.start();
        registers.set(Registers.RDI, mine);
        registers.set(Registers.RSI, theirs);
        try (ExecutionContext context = platform.openContext()) {
            return run(context, space, registers);
        }
    }

    @Test
    void preparedThreadIsUsed() throws Exception {
        var program = new GuestProgram(platform, code().syscall());
        AddressSpace space = program.load();
        try (ExecutionContext context = platform.openContext()) {
            run(context, space, program.start());
            context.prepareThread(space);
            Stop stop =
                    onThread(
                                    () -> {
                                        try (ExecutionContext other = platform.openContext()) {
                                            return run(other, space, program.start());
                                        }
                                    })
                            .get();
            assertEquals(Stop.SYSCALL, stop);
        }
    }

    @Test
    void commitByAStrangerHoldsForRunningThreads() throws Exception {
        Label wait = new Label();
        var program =
                new GuestProgram(
                        platform,
                        code().store(Reg.RDI, 0, Reg.RDI)
                                .bind(wait)
                                .load(Reg.RBX, Reg.RDI, 0)
                                .jmp(wait));
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, DATA);
        FutureTask<Stop> runner =
                onThread(
                        () -> {
                            try (ExecutionContext context = platform.openContext()) {
                                return run(context, space, registers);
                            }
                        });
        while (program.data(0) == 0) {
            Thread.onSpinWait();
        }
        space.unmap(DATA, 4096);
        space.commit();
        assertEquals(new Stop.PageFault(DATA, false), runner.get());
    }

    @Test
    void noInterruptionOfASpinningThreadIsLost() throws Exception {
        Label wait = new Label();
        var program = new GuestProgram(platform, code().bind(wait).jmp(wait));
        AddressSpace space = program.load();
        Registers registers = program.start();
        var opened = new java.util.concurrent.CompletableFuture<ExecutionContext>();
        var rounds = new java.util.concurrent.SynchronousQueue<Stop>();
        int n = 3000;
        onThread(
                () -> {
                    try (ExecutionContext context = platform.openContext()) {
                        opened.complete(context);
                        for (int i = 0; i < n; i++) {
                            rounds.put(context.run(space, registers));
                        }
                    }
                    return true;
                });
        ExecutionContext context = opened.get();
        for (int i = 0; i < n; i++) {
            context.interrupt();
            assertEquals(Stop.INTERRUPTED, rounds.take());
        }
    }

    @Test
    void vectorRegistersSurviveAMoveToAnotherSpaceAndThread() throws Exception {
        // movq xmm15, rdi; syscall; movq rbx, xmm15
        var program =
                new GuestProgram(
                        platform,
                        code().bytes(
                                        (byte) 0x66,
                                        (byte) 0x4c,
                                        (byte) 0x0f,
                                        (byte) 0x6e,
                                        (byte) 0xff)
                                .syscall()
                                .bytes(
                                        (byte) 0x66,
                                        (byte) 0x4c,
                                        (byte) 0x0f,
                                        (byte) 0x7e,
                                        (byte) 0xfb)
                                .mov(Reg.RAX, 9)
                                .syscall());
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, 0x1122_3344_5566_7788L);
        try (ExecutionContext context = platform.openContext()) {
            run(context, space, registers);
            context.loadFpu(registers);
            assertEquals(platform.fpuBytes(), registers.fpuBytes());
        }
        AddressSpace other = program.load();
        Registers copy = new Registers();
        copy.copyFrom(registers);
        Stop stop =
                onThread(
                                () -> {
                                    try (ExecutionContext context = platform.openContext()) {
                                        return run(context, other, copy);
                                    }
                                })
                        .get();
        assertEquals(Stop.SYSCALL, stop);
        assertEquals(0x1122_3344_5566_7788L, copy.get(Registers.RBX));
    }

    @Test
    void upperHalvesOfWideRegistersAreLoadedAndWritten() throws Exception {
        if ((platform.fpuFeatures() & 4) == 0) return; // no AVX
        // vbroadcastsd ymm3, [rdi]; syscall; vextractf128 xmm4, ymm3, 1; movq rbx, xmm4; syscall
        var program =
                new GuestProgram(
                        platform,
                        code().bytes(hex("c4e27d191f"))
                                .syscall()
                                .bytes(hex("c4e37d19dc01"))
                                .bytes(hex("66480f7ee3"))
                                .syscall());
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, DATA);
        program.data(0, 0x0102_0304_0506_0708L);
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            context.loadFpu(registers);
            registers.fpuChanged(registers.fpuBytes());
            context.run(program.load(), program.start()); // something else in between
            assertEquals(Stop.SYSCALL, run(context, space, registers));
        }
        assertEquals(0x0102_0304_0506_0708L, registers.get(Registers.RBX));
    }

    private static byte[] hex(String bytes) {
        return java.util.HexFormat.of().parseHex(bytes);
    }

    /** A thread that ends its space while others run in it, start in it, fork and map. */
    @Test
    void everythingAtOnceEndsWithoutAHang() throws Exception {
        Label again = new Label();
        var program = new GuestProgram(platform, code().bind(again).syscall().jmp(again));
        for (int round = 0; round < 30; round++) {
            AddressSpace space = program.load();
            List<FutureTask<Boolean>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(onThread(() -> busy(program, space)));
            }
            for (int i = 0; i < 50; i++) {
                space.map(0x7000_0000L + i * 4096L, 4096, 0x8000, Access.READ);
                space.commit();
            }
            space.release();
            for (FutureTask<Boolean> task : tasks) {
                assertTrue(task.get());
            }
        }
    }

    private boolean busy(GuestProgram program, AddressSpace space) throws Exception {
        Registers registers = program.start();
        try (ExecutionContext context = platform.openContext()) {
            for (int i = 0; ; i++) {
                if (run(context, space, registers) == Stop.EXITED) return true;
                try {
                    if (i % 10 == 3) context.prepareThread(space);
                    if (i % 50 == 7) space.fork().release();
                } catch (PlatformException | IllegalStateException e) {
                    // it has been released; the next run says so
                }
            }
        }
    }

    @Test
    void newThreadStartsWithAResetFpu() throws Exception {
        // stmxcsr [rdi]; fnstcw [rdi+8]; movq rbx, xmm15
        var program =
                new GuestProgram(
                        platform,
                        code().bytes((byte) 0x0f, (byte) 0xae, (byte) 0x1f)
                                .bytes((byte) 0xd9, (byte) 0x7f, (byte) 0x08)
                                .bytes(
                                        (byte) 0x66,
                                        (byte) 0x4c,
                                        (byte) 0x0f,
                                        (byte) 0x7e,
                                        (byte) 0xfb)
                                .syscall());
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, DATA);
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.SYSCALL, run(context, space, registers));
        }
        assertEquals(0x1f80, program.data(0));
        assertEquals(0x37f, program.data(8) & 0xffff);
        assertEquals(0, registers.get(Registers.RBX));
    }

    @Test
    void nonsenseInTheVectorAreaIsNoError() throws Exception {
        var program = new GuestProgram(platform, code().syscall());
        AddressSpace space = program.load();
        try (ExecutionContext context = platform.openContext()) {
            for (int bytes : new int[] {1, 512, 575, 576, 832, Registers.FPU_MAX_BYTES}) {
                Registers registers = program.start();
                registers.fpu().fill((byte) 0xff);
                registers.fpuChanged(bytes);
                assertEquals(Stop.SYSCALL, run(context, space, registers), bytes + " bytes");
            }
        }
    }

    @Test
    void exceptionsOfTheProcessorAreFaults() throws Exception {
        assertEquals(SIGILL, fault(code().ud2()).signal());
        assertEquals(SIGTRAP, fault(code().int3()).signal());
        assertEquals(SIGFPE, fault(code().xor(Reg.RDX, Reg.RDX).div(Reg.RDX)).signal());
        // hlt is a general protection fault
        Stop.Fault general = fault(code().bytes((byte) 0xf4));
        assertEquals(new Stop.Fault(SIGSEGV, 0x80, 0), general);
    }

    private Stop.Fault fault(Assembler code) throws Exception {
        var program = new GuestProgram(platform, code);
        AddressSpace space = program.load();
        try (ExecutionContext context = platform.openContext()) {
            Stop stop = run(context, space, program.start());
            space.release();
            return assertInstanceOf(Stop.Fault.class, stop);
        }
    }

    @Test
    void callOfI386IsAFaultAtItsInstruction() throws Exception {
        var program = new GuestProgram(platform, code().mov(Reg.RAX, 20).int80());
        AddressSpace space = program.load();
        Registers registers = program.start();
        try (ExecutionContext context = platform.openContext()) {
            Stop stop = run(context, space, registers);
            assertEquals(SIGSEGV, assertInstanceOf(Stop.Fault.class, stop).signal());
            assertEquals(CODE + 5, registers.get(Registers.RIP));
        }
    }

    /** vsyscall(7) is a call, or a fault where the host has switched it off. */
    @Test
    void vsyscallIsACallOrAFault() throws Exception {
        var program =
                new GuestProgram(
                        platform,
                        code().mov(Reg.RBX, 0xffff_ffff_ff60_0400L)
                                .call(Reg.RBX)
                                .mov(Reg.RBX, Reg.RAX)
                                .mov(Reg.RAX, 2)
                                .syscall());
        AddressSpace space = program.load();
        Registers registers = program.start();
        try (ExecutionContext context = platform.openContext()) {
            Stop stop = run(context, space, registers);
            if (stop instanceof Stop.PageFault || stop instanceof Stop.Fault) return;
            assertEquals(201, registers.get(Registers.ORIG_RAX)); // time
            registers.set(Registers.RAX, 4711);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
            assertEquals(4711, registers.get(Registers.RBX));
            assertEquals(2, registers.get(Registers.ORIG_RAX));
        }
    }

    @Test
    void addressesThatCannotBeAreFaults() throws Exception {
        var program = new GuestProgram(platform, code().syscall());
        AddressSpace space = program.load();
        try (ExecutionContext context = platform.openContext()) {
            Registers registers = program.start();
            registers.set(Registers.RIP, 0x8000_0000_0000_0000L);
            assertNotEquals(Stop.SYSCALL, run(context, space, registers));
            registers = program.start();
            registers.set(Registers.FS_BASE, 0xffff_8000_0000_0000L);
            assertEquals(new Stop.Fault(SIGSEGV, 0x80, 0), run(context, space, registers));
            registers = program.start();
            registers.set(Registers.CS, 0x10);
            registers.set(Registers.SS, 0);
            registers.set(Registers.DS, 0x18);
            registers.set(Registers.EFLAGS, -1L & ~0x100 & ~0x40000);
            assertEquals(Stop.SYSCALL, run(context, space, registers));
        }
    }

    @Test
    void releaseEndsARunningThread() throws Exception {
        Label wait = new Label();
        var program =
                new GuestProgram(platform, code().store(Reg.RDI, 0, Reg.RDI).bind(wait).jmp(wait));
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RDI, DATA);
        FutureTask<Stop> runner =
                onThread(
                        () -> {
                            try (ExecutionContext context = platform.openContext()) {
                                run(context, space, registers);
                                return context.run(space, registers);
                            }
                        });
        while (program.data(0) == 0) {
            Thread.onSpinWait();
        }
        space.release();
        space.release();
        assertEquals(Stop.EXITED, runner.get());
    }

    @Test
    void contextsComeAndGo() throws Exception {
        var program = new GuestProgram(platform, code().syscall());
        AddressSpace space = program.load();
        List<FutureTask<Stop>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            all.add(
                    onThread(
                            () -> {
                                try (ExecutionContext context = platform.openContext()) {
                                    return run(context, space, program.start());
                                }
                            }));
        }
        for (FutureTask<Stop> one : all) {
            assertEquals(Stop.SYSCALL, one.get());
        }
    }

    @Test
    void contextMovesBetweenSpacesAndTheOldOneGoesOn() throws Exception {
        Label again = new Label();
        var program =
                new GuestProgram(
                        platform,
                        code().bind(again).load(Reg.RBX, Reg.RDI, 0).syscall().jmp(again));
        AddressSpace first = program.load();
        AddressSpace second = program.load();
        second.map(DATA, 4096, 0x5000, Access.READ);
        program.data(0, 1);
        platform.memory().mapping().set(JAVA_LONG, 0x5000, 2);
        Registers registers = program.start();
        registers.set(Registers.RDI, DATA);
        try (ExecutionContext context = platform.openContext()) {
            for (int i = 0; i < 10; i++) {
                assertEquals(Stop.SYSCALL, run(context, first, registers));
                assertEquals(1, registers.get(Registers.RBX));
                assertEquals(Stop.SYSCALL, run(context, second, registers));
                assertEquals(2, registers.get(Registers.RBX));
            }
            first.release();
            assertEquals(Stop.SYSCALL, run(context, second, registers));
            assertEquals(Stop.EXITED, run(context, first, registers));
        }
    }

    @Test
    void twentyThousandMappings() throws Exception {
        var program = new GuestProgram(platform, code().load(Reg.RBX, Reg.RDI, 0).syscall());
        AddressSpace space = program.load();
        int n = 20_000;
        for (int i = 0; i < n; i++) {
            space.map(0x4000_0000L + i * 8192L, 4096, 0x10_0000 + i * 4096L, Access.READ);
        }
        Registers registers = program.start();
        registers.set(Registers.RDI, 0x4000_0000L + (n - 1) * 8192L);
        try (ExecutionContext context = platform.openContext()) {
            assertEquals(Stop.SYSCALL, run(context, space, registers));
        }
    }

    @Test
    void guestCannotUseTheStubsOwnCalls() throws Exception {
        if (platform.maxAddress() == 0) return;
        var program = new GuestProgram(platform, code().jmp(Reg.RBX));
        AddressSpace space = program.load();
        Registers registers = program.start();
        registers.set(Registers.RBX, platform.maxAddress());
        registers.set(Registers.RAX, 10); // mprotect
        registers.set(Registers.RDI, CODE);
        registers.set(Registers.RSI, 4096);
        registers.set(Registers.RDX, 7);
        try (ExecutionContext context = platform.openContext()) {
            Stop stop = run(context, space, registers);
            assertTrue(stop == Stop.SYSCALL || stop instanceof Stop.PageFault, stop.toString());
        }
    }

    @Test
    void closeLeavesNoProcess() throws Exception {
        Label wait = new Label();
        var program = new GuestProgram(platform, code().bind(wait).jmp(wait));
        List<FutureTask<Stop>> runners = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            AddressSpace space = program.load();
            runners.add(
                    onThread(
                            () -> {
                                try (ExecutionContext context = platform.openContext()) {
                                    return run(context, space, program.start());
                                }
                            }));
        }
        platform.close();
        for (FutureTask<Stop> runner : runners) {
            assertEquals(Stop.EXITED, runner.get());
        }
        assertTrue(stubsLeft() <= 0, "stubs are left");
    }
}
