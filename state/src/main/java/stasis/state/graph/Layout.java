package stasis.state.graph;

import stasis.state.Restoration;
import stasis.state.SavedType;

import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;

/** A saved class with the codecs of its fields. */
final class Layout {
    private final SavedType type;
    private final int index;
    private final FieldCodec[] fields;

    /** {@code index} is its place in {@link Layouts}. */
    Layout(SavedType type, int index, List<FieldCodec> fields) {
        this.type = type;
        this.index = index;
        this.fields = fields.toArray(FieldCodec[]::new);
    }

    SavedType type() {
        return type;
    }

    int index() {
        return index;
    }

    FieldCodec[] fields() {
        return fields;
    }

    Object construct() {
        try {
            return (Object) type.constructor().invokeExact();
        } catch (Throwable e) {
            throw Defect.at("", e);
        }
    }

    Object construct(Object[] arguments) {
        try {
            return (Object) type.constructor().invokeExact(arguments);
        } catch (Throwable e) {
            throw Defect.at("", e);
        }
    }

    void beforeSave(Object entity) {
        try {
            for (MethodHandle hook : type.beforeSave()) hook.invokeExact(entity);
        } catch (Throwable e) {
            throw Defect.at("", e);
        }
    }

    void afterRestore(Object entity, Restoration restoration) {
        try {
            for (MethodHandle hook : type.afterRestore()) hook.invokeExact(entity, restoration);
        } catch (Throwable e) {
            throw Defect.at("", e);
        }
    }

    void upgrade(MethodHandle step, Map<String, Object> values) {
        try {
            step.invokeExact(values);
        } catch (Throwable e) {
            throw Defect.at("", e);
        }
    }
}
