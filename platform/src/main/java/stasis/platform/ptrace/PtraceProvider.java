package stasis.platform.ptrace;

import org.jspecify.annotations.Nullable;

import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.platform.PlatformProvider;
import stasis.platform.stub.Cores;

import java.nio.file.Files;
import java.nio.file.Path;

/** ptrace(2): works on every x86-64 host that lets a process trace its children. */
public final class PtraceProvider implements PlatformProvider {
    static final String NAME = "ptrace";

    private static final long MEMORY_BYTES = 64L << 30;

    public PtraceProvider() {}

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
    public Platform open(int hostBase) throws PlatformException {
        return PtracePlatform.open(MEMORY_BYTES, hostBase, Cores.ofThisThread());
    }
}
