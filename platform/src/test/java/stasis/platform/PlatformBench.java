package stasis.platform;

import stasis.arch.Access;
import stasis.arch.Registers;
import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;
import stasis.platform.ptrace.PtraceProvider;
import stasis.platform.systrap.SystrapProvider;

import java.util.Arrays;

/** Prints what operations cost on each platform. Not a test: run its main. */
final class PlatformBench {
    /** Near enough to trampolines. */
    private static final long CODE = 0x7ffd_f000_0000L;

    private interface Operation {
        void run() throws Exception;
    }

    private PlatformBench() {}

    public static void main(String[] args) throws Exception {
        measureAll(new PtraceProvider());
        measureAll(new SystrapProvider());
    }

    private static void measureAll(PlatformProvider provider) throws Exception {
        System.out.println("== " + provider.name());
        try (Platform platform = provider.open();
                ExecutionContext context = platform.openContext()) {
            AddressSpace space = load(platform);
            Registers registers = start(platform);
            registers.set(Registers.RDI, 0x4000_0000L);
            context.run(space, registers);
            measure(
                    "getppid",
                    50_000,
                    () -> {
                        if (context.run(space, registers) != Stop.SYSCALL)
                            throw new IllegalStateException();
                        registers.set(Registers.RAX, 1);
                    });
            measure(
                    "getppid, all registers written",
                    50_000,
                    () -> {
                        context.run(space, registers);
                        registers.set(Registers.RDI, registers.get(Registers.RDI) ^ 8);
                    });
            measure(
                    "map + commit",
                    5_000,
                    () -> {
                        space.map(0x5000_0000L, 4096, 4096, Access.READ);
                        space.commit();
                    });
            measure(
                    "64 maps + commit",
                    1_000,
                    () -> {
                        for (int i = 0; i < 64; i++) {
                            space.map(0x5000_0000L + i * 8192L, 4096, 4096, Access.READ);
                        }
                        space.commit();
                    });
            measure(
                    "fork + first run + release",
                    500,
                    () -> {
                        AddressSpace child = space.fork();
                        try (ExecutionContext other = platform.openContext()) {
                            other.run(child, start(platform));
                        }
                        child.release();
                    });
            measure(
                    "new space + first run + release",
                    500,
                    () -> {
                        AddressSpace child = load(platform);
                        try (ExecutionContext other = platform.openContext()) {
                            other.run(child, start(platform));
                        }
                        child.release();
                    });
            measure(
                    "context in the same space, recycled thread",
                    2_000,
                    () -> {
                        try (ExecutionContext other = platform.openContext()) {
                            other.run(space, start(platform));
                        }
                    });
            measure("interrupt from another thread", 2_000, context::interrupt);
            measure("load FPU", 5_000, () -> context.loadFpu(registers));
        }
    }

    private static AddressSpace load(Platform platform) throws Exception {
        Label again = new Label();
        byte[] code =
                new Assembler()
                        .int64(0)
                        .int64(0)
                        .bind(again)
                        .mov(Reg.RAX, 110)
                        .syscall()
                        .jmp(again)
                        .toBytes();
        platform.memory()
                .mapping()
                .asSlice(0, code.length)
                .copyFrom(java.lang.foreign.MemorySegment.ofArray(code));
        AddressSpace space = platform.newAddressSpace();
        space.map(CODE, 4096, 0, Access.READ | Access.EXECUTE | Access.STEADY);
        return space;
    }

    private static Registers start(Platform platform) {
        Registers registers = new Registers();
        platform.reset(registers);
        registers.set(Registers.RIP, CODE + 16);
        return registers;
    }

    private static void measure(String what, int rounds, Operation operation) throws Exception {
        long[] nanos = new long[rounds];
        for (int warm = 0; warm < 2; warm++) {
            for (int i = 0; i < rounds; i++) {
                long t = System.nanoTime();
                operation.run();
                nanos[i] = System.nanoTime() - t;
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "%-45s %8.1f / %8.1f us%n", what, nanos[0] / 1e3, nanos[rounds / 2] / 1e3);
    }
}
