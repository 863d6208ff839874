package stasis.kernel;

import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageLoader;
import stasis.kernel.mem.Run;
import stasis.state.image.SnapshotImage;
import stasis.state.pages.LazyPages;

import java.util.function.Consumer;

/**
 * The pages of a restored kernel that are still in its image. The kernel may run meanwhile; until
 * {@link #finish} has returned the image must stay open.
 */
public final class ImagePages implements PageLoader {
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
