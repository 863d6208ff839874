package stasis.arch;

import com.tngtech.archunit.core.domain.JavaField;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.locks.Lock;

/**
 * Whether a static field could hold what one kernel tells another. Arrays pass, since constants of
 * many values have no other form, and a {@link ThreadLocal} is its thread's.
 */
final class Mutability {
    private Mutability() {}

    static boolean isConstant(JavaField field) {
        boolean atomic = field.getRawType().getPackageName().equals("java.util.concurrent.atomic");
        if (atomic || field.getRawType().isAssignableTo(Lock.class)) return false;
        boolean collection =
                field.getRawType().isAssignableTo(Collection.class)
                        || field.getRawType().isAssignableTo(Map.class);
        return !collection || isImmutable(valueOf(field));
    }

    /** {@code List.of} and {@code Collections.unmodifiable...} have no public type to ask for. */
    private static boolean isImmutable(Object collection) {
        String name = collection.getClass().getName();
        return name.startsWith("java.util.ImmutableCollections$")
                || name.startsWith("java.util.Collections$Unmodifiable")
                || name.startsWith("java.util.Collections$Empty");
    }

    private static Object valueOf(JavaField field) {
        try {
            Field f = field.reflect();
            f.setAccessible(true);
            return f.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
