package stasis.platform.systrap;

import stasis.platform.ExecutionContext;
import stasis.platform.PlatformException;
import stasis.platform.stub.Cores;
import stasis.platform.stub.StubCode;
import stasis.platform.stub.StubParts;
import stasis.platform.stub.StubPlatform;
import stasis.platform.stub.StubSpace;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** See the package comment. */
final class SystrapPlatform extends StubPlatform {
    private final Areas areas;
    private final SystrapCode code;
    private final Trampolines trampolines;
    private final PatchedPages patchedPages;

    private SystrapPlatform(StubParts parts, long memoryBytes, SystrapCode code) {
        super(parts);
        this.code = code;
        MemorySegment slots = parts.tables().shared(0, SystrapCode.TRAMPOLINES_BYTES);
        trampolines = new Trampolines(slots, code, lowestAddress());
        patchedPages = new PatchedPages(parts.memory().all(), memoryBytes, trampolines);
        areas = new Areas(parts.tables());
    }

    /**
     * @param cores where tasks are pinned
     */
    static SystrapPlatform open(long memoryBytes, int hostBase, Cores cores)
            throws PlatformException {
        SystrapCode code = new SystrapCode();
        SystrapPlatform platform =
                new SystrapPlatform(
                        StubParts.make(
                                memoryBytes,
                                hostBase,
                                PatchedPages.BYTES,
                                SystrapCode.SHARED_BYTES,
                                new StubCode(code),
                                cores),
                        memoryBytes,
                        code);
        int fpuBytes = platform.fpuBytes();
        if (fpuBytes <= Area.ALTERNATE_STACK - Area.FPU) return platform;
        platform.close();
        throw new PlatformException("XSAVE areas of " + fpuBytes + " bytes");
    }

    /** vm.mmap_min_addr of the host; if it does not tell, that of most. */
    private static long lowestAddress() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/sys/vm/mmap_min_addr")).strip());
        } catch (IOException | NumberFormatException e) {
            return SystrapCode.LOW_TRAMPOLINES;
        }
    }

    @Override
    public String name() {
        return SystrapProvider.NAME;
    }

    @Override
    protected StubSpace space(int pid, int table) throws PlatformException {
        return new SystrapAddressSpace(this, pid, table);
    }

    @Override
    public ExecutionContext openContext() {
        return new SystrapContext(
                new AreaRegisters(xstate(), code, trampolines), placements.open());
    }

    PatchedPages patchedPages() {
        return patchedPages;
    }

    Areas areas() {
        return areas;
    }

    SystrapCode code() {
        return code;
    }
}
