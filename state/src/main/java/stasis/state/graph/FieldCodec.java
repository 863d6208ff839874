package stasis.state.graph;

import org.jspecify.annotations.Nullable;

import stasis.state.SavedField;
import stasis.state.SavedShape;

import java.lang.invoke.MethodHandle;

/** One field of one class: primitives go straight from the field to the bytes, unboxed. */
final class FieldCodec {
    private final SavedField field;
    private final Class<?> type;
    private final SavedShape shape;
    private final Codec codec;
    private final MethodHandle getter;
    private final MethodHandle setter;

    FieldCodec(SavedField field, SavedShape shape, Layouts layouts) {
        this.field = field;
        this.type = field.type();
        this.shape = shape;
        this.codec = Codecs.of(shape, layouts);
        this.getter = field.getter();
        this.setter = field.setter();
    }

    String name() {
        return field.name();
    }

    SavedShape shape() {
        return shape;
    }

    void write(Saving saving, Object owner) {
        try {
            if (type.isPrimitive()) {
                writePrimitive(saving, owner);
            } else {
                codec.write(saving, (Object) getter.invokeExact(owner));
            }
        } catch (Throwable e) {
            throw Defect.at("." + field.name(), e);
        }
    }

    private void writePrimitive(Saving saving, Object owner) throws Throwable {
        var out = saving.out;
        if (type == int.class) {
            out.writeVarInt((int) getter.invokeExact(owner), false);
        } else if (type == long.class) {
            out.writeVarLong((long) getter.invokeExact(owner), false);
        } else if (type == boolean.class) {
            out.writeBoolean((boolean) getter.invokeExact(owner));
        } else {
            Primitives.write(out, getter.invoke(owner));
        }
    }

    void fill(Loading loading, Object owner) {
        try {
            if (type == int.class) {
                setter.invokeExact(owner, loading.in.readVarInt(false));
            } else if (type == long.class) {
                setter.invokeExact(owner, loading.in.readVarLong(false));
            } else if (type == boolean.class) {
                setter.invokeExact(owner, Primitives.readBoolean(loading.in));
            } else if (type.isPrimitive()) {
                setter.invoke(owner, Primitives.read(loading.in, type));
            } else {
                setter.invokeExact(owner, codec.read(loading));
            }
        } catch (Throwable e) {
            throw Defect.at("." + field.name(), e);
        }
    }

    /** Boxed, for constructors. */
    @Nullable Object read(Loading loading) {
        try {
            return type.isPrimitive() ? Primitives.read(loading.in, type) : codec.read(loading);
        } catch (Throwable e) {
            throw Defect.at("." + field.name(), e);
        }
    }

    @Nullable Object get(Object owner) {
        try {
            return getter.invoke(owner);
        } catch (Throwable e) {
            throw Defect.at("." + field.name(), e);
        }
    }

    /** For upgraded entities: the value comes from a map. */
    void set(Object owner, @Nullable Object value) {
        try {
            setter.invoke(owner, value);
        } catch (Throwable e) {
            throw Defect.at("." + field.name(), e);
        }
    }
}
