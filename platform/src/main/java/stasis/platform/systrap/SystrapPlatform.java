package stasis.platform.systrap;

import stasis.platform.ExecutionContext;
import stasis.platform.PlatformException;
import stasis.platform.stub.Cores;
import stasis.platform.stub.StubCode;
import stasis.platform.stub.StubParts;
import stasis.platform.stub.StubPlatform;
import stasis.platform.stub.StubSpace;

/** See the package comment. */
final class SystrapPlatform extends StubPlatform {
    private final Areas areas;
    private final SystrapCode code;

    private SystrapPlatform(StubParts parts, SystrapCode code) {
        super(parts);
        this.code = code;
        areas = new Areas(parts.tables());
    }

    /**
     * @param cores where tasks are pinned
     */
    static SystrapPlatform open(long memoryBytes, Cores cores) throws PlatformException {
        SystrapCode code = new SystrapCode();
        SystrapPlatform platform =
                new SystrapPlatform(
                        StubParts.make(
                                memoryBytes, SystrapCode.AREAS_BYTES, new StubCode(code), cores),
                        code);
        int fpuBytes = platform.fpuBytes();
        if (fpuBytes <= Area.ALTERNATE_STACK - Area.FPU) return platform;
        platform.close();
        throw new PlatformException("XSAVE areas of " + fpuBytes + " bytes");
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
        return new SystrapContext(xstate(), placements.open());
    }

    Areas areas() {
        return areas;
    }

    SystrapCode code() {
        return code;
    }
}
