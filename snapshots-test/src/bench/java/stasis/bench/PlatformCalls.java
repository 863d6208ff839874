package stasis.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import stasis.arch.Access;
import stasis.arch.Registers;
import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;
import stasis.platform.AddressSpace;
import stasis.platform.ExecutionContext;
import stasis.platform.Platform;
import stasis.platform.Stop;
import stasis.platform.ptrace.PtraceProvider;
import stasis.platform.systrap.SystrapProvider;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/** What a platform takes for a stop and the way back, without a kernel. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class PlatformCalls {
    /** Near enough to trampolines; code stands behind some bytes that are no instruction. */
    private static final long CODE = 0x7ffd_f000_0000L;

    private static final int BEFORE = 16;
    private static final long FREE = 0x5000_0000L;

    /** {@code signal}: systrap with code that may change, so that no call is patched. */
    @Param({"ptrace", "signal", "patched"})
    public String trap;

    private Platform platform;
    private ExecutionContext context;
    private AddressSpace space;
    private final Registers registers = new Registers();

    @Setup
    public void open() throws Exception {
        boolean traced = trap.equals("ptrace");
        platform = traced ? new PtraceProvider().open() : new SystrapProvider().open();
        context = platform.openContext();
        Label again = new Label();
        Assembler a = new Assembler().int64(0).int64(0);
        byte[] code = a.bind(again).mov(Reg.RAX, 110).syscall().jmp(again).toBytes();
        MemorySegment memory = platform.memory().mapping();
        memory.asSlice(0, code.length).copyFrom(MemorySegment.ofArray(code));
        space = platform.newAddressSpace();
        int steady = trap.equals("patched") ? Access.STEADY : 0;
        space.map(CODE, 4096, 0, Access.READ | Access.EXECUTE | steady);
        platform.reset(registers);
        registers.set(Registers.RIP, CODE + BEFORE);
    }

    @TearDown
    public void close() {
        context.close();
        platform.close();
    }

    /** As for a call that only returns something. */
    @Benchmark
    public Stop call() {
        registers.set(Registers.RAX, 1);
        return context.run(space, registers);
    }

    /** As after a signal handler. */
    @Benchmark
    public Stop callThatChangesRegisters() {
        registers.set(Registers.RDI, registers.get(Registers.RDI) ^ 8);
        return context.run(space, registers);
    }

    /** As for a page fault that is resolved. */
    @Benchmark
    public Stop callThatMapsAPage() {
        space.map(FREE, 4096, 4096, Access.READ);
        return context.run(space, registers);
    }
}
