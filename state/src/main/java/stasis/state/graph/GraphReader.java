package stasis.state.graph;

import stasis.state.CorruptSnapshotException;
import stasis.state.SavedTypes;

import java.util.Map;

/**
 * Reads what {@link GraphWriter} wrote, in three steps: build all entities, fill their fields, run
 * their {@code @AfterRestore} hooks. The bytes are not trusted: whatever they make a constructor, a
 * cast or a hook throw comes out as {@link CorruptSnapshotException}.
 *
 * <p>One thread at a time.
 */
public final class GraphReader {
    private final Layouts layouts;

    public GraphReader(SavedTypes types) {
        types.requireLeafRecords();
        this.layouts = new Layouts(types);
    }

    /**
     * @param resources what hooks may ask for through {@code restoration.resource(type)}
     * @throws CorruptSnapshotException for every defect of the bytes, with the path of the object
     */
    public <T> T read(byte[] bytes, Class<T> root, Map<Class<?>, Object> resources) {
        Loading loading = new Loading(layouts, bytes);
        try {
            loading.run();
            Object restored = loading.entity(0, root);
            new Hooks(layouts, loading, resources).run();
            return root.cast(restored);
        } catch (RuntimeException | StackOverflowError e) {
            Defect defect = Defect.at("", e);
            String at = defect.path().isEmpty() ? "graph" : defect.path();
            Throwable cause = defect.getCause() == null ? defect : defect.getCause();
            throw new CorruptSnapshotException(at + ": " + defect.why(), cause);
        }
    }
}
