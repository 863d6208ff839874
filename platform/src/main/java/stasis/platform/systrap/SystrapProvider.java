package stasis.platform.systrap;

import org.jspecify.annotations.Nullable;

import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.platform.PlatformProvider;
import stasis.platform.stub.Cores;

import java.nio.file.Files;
import java.nio.file.Path;

/** Traps by seccomp and shared pages: needs ptrace(2) for mappings, and FSGSBASE. */
public final class SystrapProvider implements PlatformProvider {
    static final String NAME = "systrap";

    private static final long MEMORY_BYTES = 64L << 30;

    public SystrapProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public @Nullable String unavailable() {
        if (!"amd64".equals(System.getProperty("os.arch"))) return "the processor is not x86-64";
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) return "/proc is not mounted";
        return null;
    }

    @Override
    public Platform open() throws PlatformException {
        return SystrapPlatform.open(MEMORY_BYTES, Cores.ofThisThread());
    }
}
