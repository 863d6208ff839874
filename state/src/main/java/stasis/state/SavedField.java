package stasis.state;

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
 */
public record SavedField(
        String name, Type declared, Class<?> type, MethodHandle getter, MethodHandle setter) {

    static SavedField of(MethodHandles.Lookup lookup, Field field) throws IllegalAccessException {
        Class<?> type = field.getType();
        Class<?> seen = type.isPrimitive() ? type : Object.class;
        VarHandle handle = lookup.unreflectVarHandle(field);
        MethodHandle getter = handle.toMethodHandle(VarHandle.AccessMode.GET);
        MethodType set = MethodType.methodType(void.class, Object.class, seen);
        MethodHandle setter =
                Modifier.isFinal(field.getModifiers())
                        ? MethodHandles.empty(set)
                        : handle.toMethodHandle(VarHandle.AccessMode.SET).asType(set);
        return new SavedField(
                field.getName(),
                field.getGenericType(),
                type,
                getter.asType(MethodType.methodType(seen, Object.class)),
                setter);
    }
}
