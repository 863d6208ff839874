package stasis.kernel;

import stasis.arch.Pages;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageLoader;
import stasis.kernel.mem.Run;
import stasis.state.image.SnapshotImage;
import stasis.state.pages.LazyPages;
import stasis.state.pages.PageIndex;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The pages of a restored kernel that are still in its image. The kernel may run meanwhile; until
 * {@link #finish} has returned the image must stay open.
 */
public final class ImagePages implements PageLoader {
    /** Of 65,530 mappings that a process may have. */
    private static final int MAX_STRETCHES = 8192;

    private final GuestMemory memory;
    private final LazyPages pages;
    private volatile boolean stopped;

    /**
     * @param lost told the first time that a page cannot be had; the kernel must then be ended. Its
     *     locks may be held
     */
    ImagePages(SnapshotImage image, GuestMemory memory, Consumer<Exception> lost) {
        this.memory = memory;
        this.pages = new LazyPages(image.pages(), memory.mapping(), lost);
        forgetUnused();
        if (memory.hasBase()) layOver(image.index());
        memory.setLoader(this);
    }

    /** Whatever an image says of pages that nobody holds, they are zero. */
    private void forgetUnused() {
        int at = 0;
        for (Run r : memory.runsInUse()) {
            pages.forget(GuestMemory.offset(at), GuestMemory.offset(r.first() - at));
            at = r.first() + r.count();
        }
        pages.forget(GuestMemory.offset(at), memory.mapping().byteSize() - GuestMemory.offset(at));
    }

    /**
     * The platform has the image's pages as its base: those that lie in it as they are need not be
     * copied. As many stretches as the host has mappings for, the largest.
     */
    private void layOver(PageIndex index) {
        List<PageIndex.Mapping> stretches = inUse(index);
        for (long least = Pages.SIZE; stretches.size() > MAX_STRETCHES; least *= 2) {
            long atLeast = least;
            stretches.removeIf(m -> m.length() < atLeast);
        }
        for (PageIndex.Mapping m : stretches) {
            memory.layOver(m.offset(), m.length(), m.place());
            pages.forget(m.offset(), m.length());
        }
    }

    private List<PageIndex.Mapping> inUse(PageIndex index) {
        List<PageIndex.Mapping> all = new ArrayList<>();
        List<Run> runs = memory.runsInUse();
        int i = 0;
        for (PageIndex.Mapping m : index.mappings()) {
            long end = m.offset() + m.length();
            while (i < runs.size() && end(runs.get(i)) <= m.offset()) i++;
            for (int k = i; k < runs.size() && start(runs.get(k)) < end; k++) {
                long from = Math.max(m.offset(), start(runs.get(k)));
                long to = Math.min(end, end(runs.get(k)));
                long place = m.place() + (from - m.offset());
                all.add(new PageIndex.Mapping(from, place, to - from));
            }
        }
        return all;
    }

    private static long start(Run run) {
        return GuestMemory.offset(run.first());
    }

    private static long end(Run run) {
        return GuestMemory.offset(run.first() + run.count());
    }

    /** Brings in what nobody has asked for yet. Returns when all is there, or after stop. */
    public void loadInBackground() {
        pages.loadInBackground();
    }

    /**
     * Waits for what others are loading; then no page is missing, and the image is not needed any
     * more.
     *
     * @return false if that is not so because of {@link #stop}
     */
    public boolean finish() {
        if (stopped) return false;
        pages.loadRest();
        memory.setLoader(null);
        return true;
    }

    public void stop() {
        stopped = true;
        pages.stop();
    }

    @Override
    public boolean isThere(long offset, long length) {
        return pages.isThere(offset, length);
    }

    @Override
    public void load(long offset, long length) {
        pages.load(offset, length);
    }

    @Override
    public void loadRest() {
        pages.loadRest();
    }

    @Override
    public void forget(long offset, long length) {
        pages.forget(offset, length);
    }
}
