package stasis.platform.systrap;

import org.jspecify.annotations.Nullable;

import stasis.arch.Registers;
import stasis.host.Nr;
import stasis.platform.AddressSpace;
import stasis.platform.PlatformException;
import stasis.platform.stub.StubDiedException;
import stasis.platform.stub.StubOwner;
import stasis.platform.stub.StubSpace;
import stasis.platform.stub.TablePages;
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
    private static final int READ_EXECUTE = 5;

    private final SystrapPlatform platform;
    private final List<Area> areas = new ArrayList<>();

    /** Of {@link #areas}, one that has no thread. */
    private @Nullable Area spare;

    /** Those without a context. */
    private final ArrayDeque<GuestThread> idle = new ArrayDeque<>();

    /** Guarded by the space's lock, but for what any thread may ask. */
    private final SpacePatches patches;

    private final SpacePatches.Mapper mapper = this::mapMore;

    /** How often calls were made by signal. */
    final SiteCounts counts = new SiteCounts();

    private boolean areTrampolinesMapped;

    /** Whether the areas of the process that this one was cloned from are unmapped. */
    private boolean isApart;

    SystrapAddressSpace(SystrapPlatform platform, int tgid, int tablePage) {
        super(platform, tgid, tablePage);
        this.platform = platform;
        patches = new SpacePatches(platform.patchedPages());
    }

    // ---- mappings

    @Override
    public void map(long addr, long length, long memoryOffset, int access) {
        lock.lock();
        try {
            super.map(addr, length, memoryOffset, access);
            patches.mapped(addr, length, memoryOffset, access, mapper);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unmap(long addr, long length) {
        lock.lock();
        try {
            super.unmap(addr, length);
            patches.unmapped(addr, length);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void protect(long addr, long length, int access) {
        lock.lock();
        try {
            patches.protect(addr, length, access, mapper);
            super.protect(addr, length, access);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public AddressSpace fork() throws PlatformException {
        lock.lock();
        try {
            SystrapAddressSpace child = (SystrapAddressSpace) super.fork();
            child.patches.copyOf(patches);
            child.areTrampolinesMapped = areTrampolinesMapped;
            return child;
        } finally {
            lock.unlock();
        }
    }

    @Override
    protected void beforeFlush(Tracee tracee) throws StubDiedException {
        if (areTrampolinesMapped || patches.isEmpty()) return;
        int fd = platform.factory().tableNumber();
        long to = SystrapCode.TRAMPOLINES;
        long bytes = SystrapCode.TRAMPOLINES_BYTES;
        long at = tracee.mapShared(fd, to, bytes, READ_EXECUTE, TablePages.SHARED);
        if (at != to) throw StubDiedException.DIED;
        areTrampolinesMapped = true;
    }

    @Override
    protected void flushed() {
        patches.flushed();
    }

    /**
     * Patches the site whose call guest code has made so often by signal, if that is possible; in
     * force with the next flush.
     */
    void patch(Registers registers) {
        lock.lock();
        try {
            patches.patch(
                    registers.get(Registers.RIP),
                    registers.get(Registers.RAX),
                    registers.get(Registers.R8),
                    mapper);
        } finally {
            lock.unlock();
        }
    }

    /** The guest uses its GS base, which patched calls need. In force with the next flush. */
    void neverPatch() {
        if (patches.isDisabled()) return;
        lock.lock();
        try {
            patches.disable(mapper);
        } finally {
            lock.unlock();
        }
    }

    /** Where guest code that is to go on at {@code rip} has to be entered. */
    long entry(long rip) {
        return patches.entry(rip);
    }

    // ---- threads

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
        lock.lock();
        try {
            patches.ended();
        } finally {
            lock.unlock();
        }
    }
}
