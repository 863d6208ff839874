package stasis.state.image;

import org.jspecify.annotations.Nullable;

import stasis.state.pages.PageIndex;
import stasis.state.pages.PageWriter;
import stasis.state.store.ImageStore;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** {@code pages.data} while it is being written. */
final class PagesSection implements Closeable {
    private final FutureTask<Manifest.SectionInfo> task;
    private final Thread thread;

    /** Written by {@link #task}. */
    private volatile @Nullable PageIndex index;

    /** Begins. */
    PagesSection(ImageStore store, SavedPages pages) {
        task =
                new FutureTask<>(
                        () ->
                                SnapshotWriter.section(
                                        store,
                                        SnapshotImage.PAGES_DATA,
                                        to ->
                                                index =
                                                        PageWriter.write(
                                                                to,
                                                                pages.memory(),
                                                                pages.runs(),
                                                                pages.compression())));
        thread = Thread.ofPlatform().daemon().name("pages-section").start(task);
    }

    /** Returns when it is written. */
    Manifest.SectionInfo await() throws IOException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while pages were written");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException io) throw io;
            if (cause instanceof RuntimeException own) throw own;
            throw new IllegalStateException(cause);
        }
    }

    /** Precondition: {@link #await} has returned. */
    PageIndex index() {
        PageIndex written = index;
        if (written == null) throw new IllegalStateException("not written");
        return written;
    }

    /** Returns when no thread uses the memory any more, even if interrupted. */
    @Override
    public void close() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            thread.interrupt(); // what was awaited has ended; what is left is in vain
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
