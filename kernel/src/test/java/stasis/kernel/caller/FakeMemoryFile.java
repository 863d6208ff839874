package stasis.kernel.caller;

import stasis.platform.MemoryFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Guest memory without a host file. */
public final class FakeMemoryFile implements MemoryFile {
    private final MemorySegment memory;

    public FakeMemoryFile(long bytes) {
        memory = Arena.ofAuto().allocate(bytes, 4096);
    }

    @Override
    public long size() {
        return memory.byteSize();
    }

    @Override
    public MemorySegment mapping() {
        return memory;
    }

    @Override
    public void punch(long offset, long length) {
        memory.asSlice(offset, length).fill((byte) 0);
    }

    @Override
    public long nextData(long from) {
        return from;
    }

    @Override
    public long nextHole(long from) {
        return size();
    }
}
