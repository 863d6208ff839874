package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.kernel.Checkpoint;
import stasis.kernel.ImagePages;
import stasis.kernel.Kernel;
import stasis.state.image.SnapshotImage;
import stasis.state.pages.LostPagesException;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The pages of a restored sandbox on their way from the image, whose files stay open until the last
 * one is there. A page that cannot be had ends the sandbox: no program ever sees another one.
 */
final class PageLoading {
    private final FdStore files;
    private final Launch launch;
    private final Log log;
    private final PhaseLog phases;
    private final ImagePages pages;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by {@link #lock}. */
    private boolean done;

    /** What is wrong with the image. Guarded by {@link #lock}. */
    private @Nullable String defect;

    /** Whom to end. Guarded by {@link #lock}. */
    private @Nullable Supervisor supervisor;

    private @Nullable Thread thread;

    private PageLoading(
            Kernel kernel,
            SnapshotImage image,
            FdStore files,
            Launch launch,
            Log log,
            PhaseLog phases) {
        this.files = files;
        this.launch = launch;
        this.log = log;
        this.phases = phases;
        this.pages = Checkpoint.missingPages(kernel, image, this::lost);
    }

    /** For a kernel that does not run yet. With all pages there, if the caller wants that. */
    static PageLoading of(
            Kernel kernel,
            SnapshotImage image,
            FdStore files,
            Launch launch,
            Log log,
            PhaseLog phases)
            throws Failure {
        PageLoading loading = new PageLoading(kernel, image, files, launch, log, phases);
        if (!launch.background()) loading.loadAll();
        return loading;
    }

    private void loadAll() throws Failure {
        thread = Thread.ofPlatform().daemon().name("pages-loader").start(this::help);
        load();
        await();
    }

    private void help() {
        try {
            pages.loadInBackground();
        } catch (LostPagesException e) {
            return; // whoever failed first tells lost()
        }
    }

    /**
     * The kernel runs.
     *
     * @param all what it does not ask for comes in passing; otherwise not before somebody waits
     */
    void start(Supervisor ofKernel, boolean all) {
        String earlier;
        lock.lock();
        try {
            supervisor = ofKernel;
            earlier = defect;
            if (done) return;
        } finally {
            lock.unlock();
        }
        if (earlier != null) end(ofKernel, earlier);
        if (all) startLoader();
    }

    private void startLoader() {
        lock.lock();
        try {
            if (thread == null) thread = loader();
        } finally {
            lock.unlock();
        }
    }

    private Thread loader() {
        return Thread.ofPlatform().daemon().name("pages-loader").start(this::inBackground);
    }

    private void inBackground() {
        Background.begin();
        load();
    }

    private void load() {
        try {
            pages.loadInBackground();
            if (!pages.finish()) return;
        } catch (LostPagesException e) {
            return; // whoever failed first tells lost()
        }
        files.close();
        phases.done("last page");
        lock.lock();
        try {
            done = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** By whatever thread needed the page, with whatever locks of the kernel. */
    private void lost(Exception e) {
        String line = "image " + launch.image() + ": " + e.getMessage();
        Supervisor ofKernel;
        lock.lock();
        try {
            defect = line;
            ofKernel = supervisor;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (ofKernel != null) end(ofKernel, line);
    }

    /**
     * Not by the thread that needed the page: somebody may be waiting for it with the lock held.
     */
    private void end(Supervisor ofKernel, String line) {
        log.error(line);
        Thread.ofPlatform().daemon().name("pages-lost").start(() -> ofKernel.end(ExitCode.SANDBOX));
    }

    /** Returns when the last page is there. */
    void await() throws Failure {
        startLoader();
        lock.lock();
        try {
            while (!done && defect == null) changed.awaitUninterruptibly();
            if (!done) throw new Failure(ExitCode.SANDBOX, String.valueOf(defect));
        } finally {
            lock.unlock();
        }
    }

    /** The sandbox has ended: nobody writes into its memory any more. */
    void stop() throws InterruptedException {
        pages.stop();
        Thread t = thread;
        if (t != null) t.join();
    }
}
