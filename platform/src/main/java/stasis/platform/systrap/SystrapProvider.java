package stasis.platform.systrap;

import org.jspecify.annotations.Nullable;

import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.platform.PlatformProvider;
import stasis.platform.stub.Cores;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Traps by seccomp and shared pages: needs ptrace(2) for mappings, and FSGSBASE. */
public final class SystrapProvider implements PlatformProvider {
    static final String NAME = "systrap";

    private static final long MEMORY_BYTES = 64L << 30;

    private static final long AT_HWCAP2 = 26;
    private static final long HWCAP2_FSGSBASE = 2;

    public SystrapProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public @Nullable String unavailable() {
        if (!"amd64".equals(System.getProperty("os.arch"))) return "the processor is not x86-64";
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) return "/proc is not mounted";
        if (!hasBaseInstructions()) return "the host does not let programs use FSGSBASE";
        return null;
    }

    /** HWCAP2_FSGSBASE of the auxiliary vector, asm/hwcap2.h; getauxval(3). */
    private static boolean hasBaseInstructions() {
        try {
            ByteBuffer vector = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")));
            vector.order(ByteOrder.LITTLE_ENDIAN);
            while (vector.remaining() >= 16) {
                long type = vector.getLong();
                long value = vector.getLong();
                if (type == AT_HWCAP2) return (value & HWCAP2_FSGSBASE) != 0;
            }
        } catch (IOException e) {
            // as if it were not there
        }
        return false;
    }

    @Override
    public Platform open(int hostBase) throws PlatformException {
        return SystrapPlatform.open(MEMORY_BYTES, hostBase, Cores.ofThisThread());
    }
}
