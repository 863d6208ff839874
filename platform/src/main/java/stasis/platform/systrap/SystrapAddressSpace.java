package stasis.platform.systrap;

import org.jspecify.annotations.Nullable;

import stasis.host.Nr;
import stasis.platform.PlatformException;
import stasis.platform.stub.StubDiedException;
import stasis.platform.stub.StubOwner;
import stasis.platform.stub.StubSpace;
import stasis.platform.stub.Tracee;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A stub process with guest threads. They stay until it ends, each for one context at a time.
 *
 * <p>The lock of the space guards the fields.
 */
final class SystrapAddressSpace extends StubSpace {
    private static final int READ_WRITE = 3;

    private final SystrapPlatform platform;
    private final List<Area> areas = new ArrayList<>();

    /** Of {@link #areas}, one that has no thread. */
    private @Nullable Area spare;

    /** Those without a context. */
    private final ArrayDeque<GuestThread> idle = new ArrayDeque<>();

    /** Whether the areas of the process that this one was cloned from are unmapped. */
    private boolean isApart;

    SystrapAddressSpace(SystrapPlatform platform, int tgid, int tablePage) {
        super(platform, tgid, tablePage);
        this.platform = platform;
    }

    /** A guest thread for the calling thread's context. */
    GuestThread take(SystrapContext context) throws StubDiedException {
        lock.lock();
        try {
            GuestThread thread = idle.poll();
            if (thread == null) thread = make(null);
            enter(context);
            return thread;
        } catch (PlatformException e) {
            release();
            throw StubDiedException.DIED;
        } finally {
            lock.unlock();
        }
    }

    /** Its context does not need it any more. Precondition: it has stopped, or it died. */
    void give(SystrapContext context, GuestThread thread) {
        lock.lock();
        try {
            idle.push(thread);
            leave(context);
        } finally {
            lock.unlock();
        }
    }

    /** Makes a guest thread for a context that will be opened soon. */
    void prepare(SystrapContext context) throws PlatformException {
        lock.lock();
        try {
            if (!hasEnded() && idle.isEmpty()) idle.push(make(context));
        } catch (StubDiedException e) {
            // the next run says so
        } finally {
            lock.unlock();
        }
    }

    private GuestThread make(@Nullable StubOwner by) throws StubDiedException, PlatformException {
        Area area = takeArea();
        int tid = locked(by, tracee -> spawn(tracee, area));
        if (tid < 0) throw new PlatformException("no stub thread: errno " + -tid);
        spare = null;
        return new GuestThread(area, tgid(), tid);
    }

    /** Not given back before the process is gone, which has it mapped. */
    private Area takeArea() throws PlatformException {
        Area area = spare;
        if (area != null) return area;
        area = platform.areas().take();
        areas.add(area);
        spare = area;
        return area;
    }

    private int spawn(Tracee tracee, Area area) throws StubDiedException {
        if (!isApart) {
            long bytes = SystrapCode.AREAS_BYTES;
            long result = tracee.call(Nr.MUNMAP, SystrapCode.AREAS, bytes, 0, 0, 0, 0);
            if (result != 0) throw StubDiedException.DIED;
            isApart = true;
        }
        int fd = platform.factory().tableNumber();
        long to = area.stubAddr();
        long at = tracee.mapShared(fd, to, Area.BYTES, READ_WRITE, area.fileOffset());
        if (at != to) throw StubDiedException.DIED;
        return tracee.spawnThread(platform.code().spawn(), to);
    }

    @Override
    protected void reaped() {
        for (Area area : areas) {
            platform.areas().give(area);
        }
    }
}
