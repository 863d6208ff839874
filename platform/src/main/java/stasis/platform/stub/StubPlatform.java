package stasis.platform.stub;

import stasis.arch.Registers;
import stasis.host.LayeredMemory;
import stasis.platform.AddressSpace;
import stasis.platform.Platform;
import stasis.platform.PlatformException;

import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A platform whose address spaces are stub processes; how they trap is what they differ in. */
public abstract class StubPlatform implements Platform {
    private final StubParts parts;

    /** Where contexts are placed. */
    protected final Placement.Group placements;

    /** Address spaces that live. */
    private final Set<StubSpace> spaces = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean closed = new AtomicBoolean();

    protected StubPlatform(StubParts parts) {
        this.parts = parts;
        placements = new Placement.Group(parts.cores());
    }

    /**
     * @param pid of a stub that is ready
     * @param table its page of {@link #tables}
     */
    protected abstract StubSpace space(int pid, int table) throws PlatformException;

    @Override
    public final long minAddress() {
        return StubCode.GUEST_START;
    }

    @Override
    public final long maxAddress() {
        return StubCode.GUEST_END;
    }

    @Override
    public final LayeredMemory memory() {
        return parts.memory();
    }

    public final StubFactory factory() {
        return parts.factory();
    }

    public final TablePages tables() {
        return parts.tables();
    }

    protected final XState xstate() {
        return parts.xstate();
    }

    @Override
    public final AddressSpace newAddressSpace() throws PlatformException {
        if (closed.get()) throw new PlatformException("the platform is closed");
        return living(factory().newProcess());
    }

    /** The address space of a clone of a stub; a negative {@code pid} is an errno. */
    final AddressSpace forked(int pid) throws PlatformException {
        if (pid < 0) throw new PlatformException("clone of a stub: errno " + -pid);
        factory().adopt();
        return living(pid);
    }

    private StubSpace living(int pid) throws PlatformException {
        StubSpace space = space(pid, tables().take());
        spaces.add(space);
        if (closed.get()) space.release();
        return space;
    }

    /** It lives no longer. */
    final void forget(StubSpace space) {
        spaces.remove(space);
    }

    @Override
    public final void reset(Registers registers) {
        UserRegisters.reset(registers);
    }

    @Override
    public final int fpuBytes() {
        return xstate().bytes();
    }

    @Override
    public final long fpuFeatures() {
        return xstate().features();
    }

    /** Threads that still look at the memory get an IllegalStateException. */
    @Override
    public final void close() {
        if (!closed.compareAndSet(false, true)) return;
        for (StubSpace space : new ArrayList<>(spaces)) {
            space.release();
        }
        placements.close();
        parts.close();
    }
}
