package stasis.state.graph;

import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

import org.jspecify.annotations.Nullable;

import stasis.state.CorruptSnapshotException;
import stasis.state.SavedType;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands before the fields of the entities:
 *
 * <pre>
 *   "STG1"                                           4 bytes
 *   classes  count, each: name, version, fields      the schema it was written with; only the
 *              fields: count, each: name, type       classes that occur, numbered in this order
 *   entities count, each: class number
 * </pre>
 *
 * The last line belongs to {@link Loading} and {@link GraphWriter}.
 */
final class StreamHead {
    private static final int MAGIC = 0x53544731;

    private StreamHead() {}

    static void write(Output out, List<Registration> registrations) {
        out.writeInt(MAGIC);
        out.writeVarInt(registrations.size(), true);
        for (Registration r : registrations) {
            Layout layout = SavedClassResolver.serializer(r).layout();
            Texts.write(out, layout.type().name());
            out.writeVarInt(layout.type().version(), true);
            out.writeVarInt(layout.fields().length, true);
            for (FieldCodec field : layout.fields()) {
                Texts.write(out, field.name());
                Texts.write(out, field.shape().text());
            }
        }
    }

    record Stored(String name, int version, List<StoredField> fields) {}

    record StoredField(String name, String type) {}

    /** The schema alone, whatever this build knows of it. */
    static List<Stored> readSchema(Input in) {
        if (in.limit() < 4 || in.readInt() != MAGIC) throw new Defect("not an object graph");
        int count = in.readVarInt(true);
        Bounds.require(in, count, 3);
        List<Stored> schema = new ArrayList<>(count);
        for (int i = 0; i < count; i++) schema.add(readClass(in));
        return schema;
    }

    static void read(Input in, Layouts layouts, SavedClassResolver resolver) {
        for (Stored stored : readSchema(in)) {
            SavedType type = layouts.types().named(stored.name());
            if (type == null) throw new Defect("unknown type " + stored.name());
            Layout layout = layouts.of(type);
            if (resolver.isNumbered(layout)) throw new Defect("two classes " + stored.name());
            resolver.add(layout, match(stored, layout, layouts));
        }
    }

    private static Stored readClass(Input in) {
        String name = Texts.readRequired(in);
        int version = in.readVarInt(true);
        int count = in.readVarInt(true);
        Bounds.require(in, count, 2);
        List<StoredField> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fields.add(new StoredField(Texts.readRequired(in), Texts.readRequired(in)));
        }
        return new Stored(name, version, fields);
    }

    private static StoredFields match(Stored stored, Layout layout, Layouts layouts) {
        SavedType type = layout.type();
        if (stored.version() == type.version()) {
            String difference = difference(stored, layout);
            if (difference == null) return new StoredFields.Current();
            throw new Defect(
                    type.name() + " v" + type.version() + " has other fields here: " + difference);
        }
        return older(stored, layout, layouts);
    }

    private static @Nullable String difference(Stored stored, Layout layout) {
        FieldCodec[] fields = layout.fields();
        for (int i = 0; i < Math.max(fields.length, stored.fields().size()); i++) {
            String here =
                    i < fields.length
                            ? fields[i].name() + ": " + fields[i].shape().text()
                            : "nothing";
            String there = "nothing";
            if (i < stored.fields().size()) {
                StoredField f = stored.fields().get(i);
                there = f.name() + ": " + f.type();
            }
            if (!here.equals(there)) return here + ", stored as " + there;
        }
        return null;
    }

    private static OlderFields older(Stored stored, Layout layout, Layouts layouts) {
        SavedType type = layout.type();
        List<MethodHandle> steps = new ArrayList<>();
        if (stored.version() > type.version() || stored.version() < 1) {
            throw new Defect(versions(stored, type));
        }
        for (int from = stored.version(); from < type.version(); from++) {
            MethodHandle step = type.upgrades().get(from);
            if (step == null) {
                throw new Defect(versions(stored, type) + ", no upgrade from v" + from);
            }
            steps.add(step);
        }
        List<OlderFields.Old> fields = new ArrayList<>();
        for (StoredField f : stored.fields()) {
            fields.add(new OlderFields.Old(f.name(), codec(f, type, layouts)));
        }
        return new OlderFields(fields, steps);
    }

    private static Codec codec(StoredField field, SavedType type, Layouts layouts) {
        try {
            return Codecs.of(layouts.types().parseShape(field.type()), layouts);
        } catch (CorruptSnapshotException e) {
            throw new Defect(type.name() + "." + field.name() + ": " + e.getMessage());
        }
    }

    private static String versions(Stored stored, SavedType type) {
        return type.name()
                + " ("
                + type.type().getName()
                + ") is v"
                + stored.version()
                + " in the image and v"
                + type.version()
                + " in this build";
    }
}
