package stasis.kernel.caller;

import stasis.arch.Registers;
import stasis.platform.AddressSpace;
import stasis.platform.ExecutionContext;
import stasis.platform.MemoryFile;
import stasis.platform.Platform;

/** A platform for processes that are looked at and never run. */
public final class FakePlatform implements Platform {
    private final MemoryFile memory;
    private Runnable atCommit = () -> {};

    public FakePlatform(MemoryFile memory) {
        this.memory = memory;
    }

    /** From now on {@code what} runs when mappings come into force. */
    public void atCommit(Runnable what) {
        atCommit = what;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public long minAddress() {
        return 0x10000;
    }

    @Override
    public long maxAddress() {
        return 0x7fff_ffff_f000L;
    }

    @Override
    public MemoryFile memory() {
        return memory;
    }

    @Override
    public AddressSpace newAddressSpace() {
        return new Nowhere();
    }

    @Override
    public ExecutionContext openContext() {
        throw new UnsupportedOperationException("a fake platform runs nothing");
    }

    @Override
    public void reset(Registers registers) {}

    @Override
    public int fpuBytes() {
        return 832;
    }

    @Override
    public long fpuFeatures() {
        return 7;
    }

    @Override
    public void close() {}

    private final class Nowhere implements AddressSpace {
        @Override
        public void map(long addr, long length, long memoryOffset, int access) {}

        @Override
        public void unmap(long addr, long length) {}

        @Override
        public void protect(long addr, long length, int access) {}

        @Override
        public void commit() {
            atCommit.run();
        }

        @Override
        public AddressSpace fork() {
            return new Nowhere();
        }

        @Override
        public void release() {}
    }
}
