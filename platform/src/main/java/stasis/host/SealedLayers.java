package stasis.host;

import org.jspecify.annotations.Nullable;

import stasis.arch.Pages;
import stasis.platform.SealedMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** {@link LayeredMemory} as it was. */
final class SealedLayers implements SealedMemory {
    private static final int READ = 1;
    private static final int SHARED_FIXED = 0x4011;

    private final LayeredMemory memory;

    /** As they were; never changes. */
    private final PlaceTable places;

    private final BaseRuns base;
    private final HostFd[] files;
    private final long end;
    private final Arena arena = Arena.ofShared();

    /** Made when it is first wanted. Guarded by this. */
    private @Nullable MemorySegment mapping;

    /** Pages that lie elsewhere now. Guarded by the memory's lock until nothing moves any more. */
    private final BitSet moved = new BitSet();

    /** Bytes. Written with the memory's lock held. */
    private volatile long copied;

    SealedLayers(LayeredMemory memory, PlaceTable places, BaseRuns base, HostFd[] files, long end) {
        this.memory = memory;
        this.places = places;
        this.base = base;
        this.files = files;
        this.end = end;
    }

    /** The memory's lock is held. */
    void moved(long offset, long length, boolean kept) {
        moved.set((int) (offset >>> Pages.SHIFT), (int) ((offset + length) >>> Pages.SHIFT));
        if (kept) copied = copied + length;
    }

    @Override
    public synchronized MemorySegment mapping() {
        MemorySegment made = mapping;
        if (made == null) mapping = made = map();
        return made;
    }

    private MemorySegment map() {
        long bytes = Math.max(end, Pages.SIZE);
        long at = Host.syscall(Nr.MMAP, 0, bytes, READ, 0x4001, files[0].number(), 0);
        if (Host.failed(at)) throw new IllegalStateException("mmap(" + bytes + "): errno " + -at);
        MemorySegment all =
                MemorySegment.ofAddress(at)
                        .reinterpret(bytes, arena, s -> Host.unmap(s.address(), bytes));
        LayeredMemory.pieces(
                places,
                base,
                0,
                end,
                (offset, length, file, place, _) -> {
                    if (file != 0) mapPiece(at + offset, length, file, place);
                });
        return all.asReadOnly();
    }

    private void mapPiece(long at, long length, int file, long place) {
        int fd = files[file].number();
        long result = Host.syscall(Nr.MMAP, at, length, READ, SHARED_FIXED, fd, place);
        if (Host.failed(result)) {
            throw new IllegalStateException("mmap(" + place + "): errno " + -result);
        }
    }

    @Override
    public long nextData(long from) {
        return Holes.data(places, files, from, end);
    }

    @Override
    public long nextHole(long from) {
        return Holes.hole(places, files, from, end);
    }

    @Override
    public boolean hasMoved(long offset) {
        return moved.get((int) (offset >>> Pages.SHIFT));
    }

    @Override
    public long copied() {
        return copied;
    }

    @Override
    public void unseal() {
        memory.unseal(end);
    }

    @Override
    public void close() {
        for (int page = moved.nextSetBit(0); page >= 0; ) {
            int next = moved.nextClearBit(page);
            punch(page, next);
            page = moved.nextSetBit(next);
        }
        arena.close();
        memory.closed();
    }

    private void punch(long first, long last) {
        LayeredMemory.pieces(
                places,
                base,
                first << Pages.SHIFT,
                Math.min(last << Pages.SHIFT, end),
                (offset, length, file, _, _) -> {
                    if (file != LayeredMemory.BASE) memory.punchFile(file, offset, length);
                });
    }
}
