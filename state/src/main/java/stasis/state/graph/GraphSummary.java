package stasis.state.graph;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;

import stasis.state.CorruptSnapshotException;

import java.util.ArrayList;
import java.util.List;

/** What a graph holds, as far as that can be told without its classes. By class number. */
public record GraphSummary(int bytes, int entities, List<Type> types) {
    /** {@code count}: how many entities; records are not counted. */
    public record Type(String name, int version, int count, List<Field> fields) {}

    public record Field(String name, String type) {}

    public static GraphSummary of(byte[] graph) {
        try {
            return read(graph);
        } catch (Defect | KryoException e) {
            throw new CorruptSnapshotException("graph: " + e.getMessage(), e);
        }
    }

    private static GraphSummary read(byte[] graph) {
        Input in = new Input(graph);
        List<StreamHead.Stored> schema = StreamHead.readSchema(in);
        int entities = in.readVarInt(true);
        Bounds.require(in, entities, 1);
        int[] counts = new int[schema.size()];
        for (int i = 0; i < entities; i++) {
            int type = in.readVarInt(true);
            if (type < 0 || type >= counts.length) throw new Defect("a class numbered " + type);
            counts[type]++;
        }
        List<Type> types = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) types.add(type(schema.get(i), counts[i]));
        return new GraphSummary(graph.length, entities, types);
    }

    private static Type type(StreamHead.Stored stored, int count) {
        List<Field> fields = new ArrayList<>();
        for (StreamHead.StoredField f : stored.fields()) fields.add(new Field(f.name(), f.type()));
        return new Type(stored.name(), stored.version(), count, fields);
    }
}
