package stasis.kernel.mem;

import stasis.arch.Pages;
import stasis.platform.SealedMemory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Guest memory as it was when it was seal. One thread. */
public final class SealedPages implements AutoCloseable {
    private final GuestMemory memory;
    private final SealedMemory seal;

    /** What was in use. */
    private final List<Run> used;

    private boolean closed;

    SealedPages(GuestMemory memory, SealedMemory seal, List<Run> used) {
        this.memory = memory;
        this.seal = seal;
        this.used = used;
    }

    /** Any thread, until it is closed. */
    public MemorySegment mapping() {
        return seal.mapping();
    }

    /** Bytes that were copied so far because somebody was going to write. */
    public long copied() {
        return seal.copied();
    }

    /** What was in use and was ever touched: to look at an untouched page would make it. */
    public List<stasis.state.pages.Run> runs() {
        List<stasis.state.pages.Run> runs = new ArrayList<>();
        for (Run r : used) {
            long end = GuestMemory.offset(r.first()) + ((long) r.count() << Pages.SHIFT);
            long at = Math.min(end, seal.nextData(GuestMemory.offset(r.first())));
            while (at < end) {
                long hole = Math.min(end, seal.nextHole(at));
                runs.add(new stasis.state.pages.Run(at, hole - at));
                at = Math.min(end, seal.nextData(hole));
            }
        }
        return runs;
    }

    /** Nobody reads it any more: pages are written in place again. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        seal.unseal();
        memory.tellUnsealed(page -> seal.hasMoved(GuestMemory.offset(page)));
        seal.close();
    }
}
