package stasis.platform.ptrace;

import org.jspecify.annotations.Nullable;

import stasis.arch.Registers;
import stasis.host.HostException;
import stasis.host.MemfdFile;
import stasis.platform.AddressSpace;
import stasis.platform.ExecutionContext;
import stasis.platform.MemoryFile;
import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.platform.stub.Cores;
import stasis.platform.stub.Placement;
import stasis.platform.stub.StubCode;
import stasis.platform.stub.StubFactory;
import stasis.platform.stub.StubPlatform;
import stasis.platform.stub.StubSpace;
import stasis.platform.stub.TablePages;
import stasis.platform.stub.UserRegisters;
import stasis.platform.stub.XState;

import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** See the package comment. */
final class PtracePlatform implements Platform, StubPlatform {
    private final MemfdFile memory;
    private final TablePages tables;
    private final StubFactory factory;
    private final XState xstate;
    private final Placement.Group placements;

    /** Address spaces that live. */
    private final Set<StubSpace> spaces = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean closed = new AtomicBoolean();

    private PtracePlatform(
            MemfdFile memory, TablePages tables, StubFactory factory, XState xstate, Cores cores) {
        this.memory = memory;
        this.tables = tables;
        this.factory = factory;
        this.xstate = xstate;
        placements = new Placement.Group(cores);
    }

    /**
     * @param cores where tasks are pinned
     */
    static PtracePlatform open(long memoryBytes, Cores cores) throws PlatformException {
        MemfdFile memory = null;
        TablePages tables = null;
        StubFactory factory = null;
        PtracePlatform platform = null;
        try {
            memory = new MemfdFile("guest-memory", memoryBytes);
            tables = new TablePages(0);
            factory =
                    new StubFactory(new StubCode(), memory.fd(), tables.fd(), cores, tables::close);
            platform = new PtracePlatform(memory, tables, factory, factory.start(), cores);
            return platform;
        } catch (HostException e) {
            throw new PlatformException("cannot make the memory of a sandbox", e);
        } finally {
            if (platform == null) undo(memory, tables, factory);
        }
    }

    private static void undo(
            @Nullable MemfdFile memory,
            @Nullable TablePages tables,
            @Nullable StubFactory factory) {
        if (factory != null) {
            factory.close(); // closes the tables as well
        } else if (tables != null) {
            tables.close();
        }
        if (memory != null) memory.close();
    }

    @Override
    public String name() {
        return PtraceProvider.NAME;
    }

    @Override
    public long maxAddress() {
        return StubCode.GUEST_END;
    }

    @Override
    public MemoryFile memory() {
        return memory;
    }

    @Override
    public AddressSpace newAddressSpace() throws PlatformException {
        if (closed.get()) throw new PlatformException("the platform is closed");
        return living(factory.newProcess());
    }

    /** The result of a clone in a stub. */
    @Override
    public AddressSpace forked(int pid) throws PlatformException {
        if (pid < 0) throw new PlatformException("clone of a stub: errno " + -pid);
        factory.adopt();
        return living(pid);
    }

    private StubSpace living(int pid) throws PlatformException {
        StubSpace space = new StubSpace(this, pid, tables.take());
        spaces.add(space);
        if (closed.get()) space.release();
        return space;
    }

    @Override
    public void forget(StubSpace space) {
        spaces.remove(space);
    }

    @Override
    public ExecutionContext openContext() {
        return new PtraceContext(xstate, placements.open());
    }

    @Override
    public void reset(Registers registers) {
        UserRegisters.reset(registers);
    }

    @Override
    public int fpuBytes() {
        return xstate.bytes();
    }

    @Override
    public long fpuFeatures() {
        return xstate.features();
    }

    @Override
    public StubFactory factory() {
        return factory;
    }

    @Override
    public TablePages tables() {
        return tables;
    }

    /** Threads that still look at the memory get an IllegalStateException. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        for (StubSpace space : new ArrayList<>(spaces)) {
            space.release();
        }
        factory.close();
        memory.close();
    }
}
