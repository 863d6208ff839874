package stasis.state;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;

/**
 * One saved field. {@link #getter} and {@link #setter} take the owner as {@code Object} and the
 * value as its primitive type or as {@code Object}, so that {@code invokeExact} fits. The fields of
 * a record are final; their setter does nothing and is never called.
 *
 * <p>Handles are made when they are first asked for: an image has objects of few of the classes in
 * a table, and to make all handles takes longer than to restore a small image.
 */
public final class SavedField {
    private final MethodHandles.Lookup lookup;
    private final Field field;

    /** Once made. Whoever else makes it meanwhile makes an equal one. */
    private @Nullable MethodHandle getter;

    private @Nullable MethodHandle setter;

    private SavedField(MethodHandles.Lookup lookup, Field field) {
        this.lookup = lookup;
        this.field = field;
    }

    /**
     * @param lookup with private access to the field's class
     */
    static SavedField of(MethodHandles.Lookup lookup, Field field) {
        return new SavedField(lookup, field);
    }

    public String name() {
        return field.getName();
    }

    public Type declared() {
        return field.getGenericType();
    }

    public Class<?> type() {
        return field.getType();
    }

    public MethodHandle getter() {
        MethodHandle made = getter;
        if (made == null) {
            made =
                    handle().toMethodHandle(VarHandle.AccessMode.GET)
                            .asType(MethodType.methodType(seen(), Object.class));
            getter = made;
        }
        return made;
    }

    public MethodHandle setter() {
        MethodHandle made = setter;
        if (made == null) {
            MethodType set = MethodType.methodType(void.class, Object.class, seen());
            made =
                    Modifier.isFinal(field.getModifiers())
                            ? MethodHandles.empty(set)
                            : handle().toMethodHandle(VarHandle.AccessMode.SET).asType(set);
            setter = made;
        }
        return made;
    }

    private Class<?> seen() {
        return type().isPrimitive() ? type() : Object.class;
    }

    private VarHandle handle() {
        try {
            return lookup.unreflectVarHandle(field);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field + ": " + e.getMessage(), e);
        }
    }
}
