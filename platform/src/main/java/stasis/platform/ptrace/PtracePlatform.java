package stasis.platform.ptrace;

import stasis.platform.ExecutionContext;
import stasis.platform.PlatformException;
import stasis.platform.stub.Cores;
import stasis.platform.stub.StubCode;
import stasis.platform.stub.StubParts;
import stasis.platform.stub.StubPlatform;
import stasis.platform.stub.StubSpace;

/** See the package comment. */
final class PtracePlatform extends StubPlatform {
    private PtracePlatform(StubParts parts) {
        super(parts);
    }

    /**
     * @param cores where tasks are pinned
     */
    static PtracePlatform open(long memoryBytes, int hostBase, Cores cores)
            throws PlatformException {
        return new PtracePlatform(
                StubParts.make(memoryBytes, hostBase, 0, 0, new StubCode(), cores));
    }

    @Override
    public String name() {
        return PtraceProvider.NAME;
    }

    @Override
    protected StubSpace space(int pid, int table) throws PlatformException {
        return new StubSpace(this, pid, table);
    }

    @Override
    public ExecutionContext openContext() {
        return new PtraceContext(xstate(), placements.open());
    }
}
