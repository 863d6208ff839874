package stasis.state.graph;

import com.esotericsoftware.kryo.util.IdentityMap;

import org.jspecify.annotations.Nullable;

import stasis.state.SavedField;
import stasis.state.SavedShape;
import stasis.state.SavedType;
import stasis.state.SavedTypes;

import java.util.ArrayList;
import java.util.List;

/** The layouts of a table, each made when first needed. Not for two threads at once. */
final class Layouts {
    private final SavedTypes types;
    private final IdentityMap<Class<?>, Layout> byClass = new IdentityMap<>();
    private int count;

    Layouts(SavedTypes types) {
        this.types = types;
    }

    SavedTypes types() {
        return types;
    }

    int size() {
        return types.classes().size();
    }

    /** Null if the class is not in the table. */
    @Nullable Layout of(Class<?> type) {
        Layout known = byClass.get(type);
        if (known != null) return known;
        SavedType saved = types.of(type);
        return saved == null ? null : of(saved);
    }

    Layout of(SavedType saved) {
        Layout known = byClass.get(saved.type());
        if (known != null) return known;
        List<FieldCodec> fields = new ArrayList<>();
        for (SavedField f : saved.fields()) {
            SavedShape shape = types.shape(f.declared());
            fields.add(new FieldCodec(f, shape, this));
        }
        Layout layout = new Layout(saved, count++, fields);
        byClass.put(saved.type(), layout);
        return layout;
    }

    /** The layout of a live object, or a defect that names its class. */
    Layout required(Object object) {
        Class<?> type = object instanceof Enum<?> e ? e.getDeclaringClass() : object.getClass();
        Layout layout = of(type);
        if (layout == null) {
            throw new Defect(type.getName() + " is not in the table of saved types");
        }
        return layout;
    }
}
