package stasis.platform.stub;

import org.jspecify.annotations.Nullable;

import stasis.host.HostException;
import stasis.host.LayeredMemory;
import stasis.platform.PlatformException;

/** What a platform of stubs is made of, once its first stub runs. */
public record StubParts(
        LayeredMemory memory, TablePages tables, StubFactory factory, XState xstate, Cores cores) {
    /**
     * @param memoryBytes of the sandbox's memory file, sparse
     * @param hostBase descriptor of what memory can be laid over, or -1
     * @param moreBytes behind that, which guests have no use of
     * @param sharedBytes as {@link TablePages} takes them
     * @param cores where tasks are pinned
     */
    public static StubParts make(
            long memoryBytes,
            int hostBase,
            long moreBytes,
            long sharedBytes,
            StubCode code,
            Cores cores)
            throws PlatformException {
        LayeredMemory memory = null;
        TablePages tables = null;
        StubFactory factory = null;
        StubParts parts = null;
        try {
            memory = new LayeredMemory("guest-memory", memoryBytes, moreBytes, hostBase);
            tables = new TablePages(sharedBytes);
            factory = new StubFactory(code, memory.files(), tables.fd(), cores, tables::close);
            parts = new StubParts(memory, tables, factory, factory.start(), cores);
            return parts;
        } catch (HostException e) {
            throw new PlatformException("cannot make the memory of a sandbox", e);
        } finally {
            if (parts == null) undo(memory, tables, factory);
        }
    }

    private static void undo(
            @Nullable LayeredMemory memory,
            @Nullable TablePages tables,
            @Nullable StubFactory factory) {
        if (factory != null) {
            factory.close(); // closes the tables as well
        } else if (tables != null) {
            tables.close();
        }
        if (memory != null) memory.close();
    }

    void close() {
        factory.close();
        memory.close();
    }
}
