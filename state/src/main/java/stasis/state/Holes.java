package stasis.state;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Looks for what a table lets through by its declared types alone. */
final class Holes {
    private final SavedTypes types;
    private final List<String> found = new ArrayList<>();

    Holes(SavedTypes types) {
        this.types = types;
    }

    List<String> find() {
        for (SavedType t : types.types()) {
            for (SavedField f : t.fields()) {
                String where = t.type().getName() + "." + f.name();
                check(where, types.shape(f.declared()));
            }
        }
        return findNested();
    }

    List<String> findNested() {
        for (SavedType t : types.types()) {
            if (t.kind() == SavedType.Kind.VALUE && canContainItself(t)) {
                found.add(t.type().getName() + " is a record that can contain itself");
            }
        }
        return found;
    }

    private void check(String where, SavedShape shape) {
        switch (shape) {
            case SavedShape.Hole h -> found.add(where + ": " + h.name());
            case SavedShape.Any a -> checkAny(where, a.javaType());
            case SavedShape.ArrayOf a -> check(where, a.element());
            case SavedShape.Many m -> {
                check(where, m.element());
                checkKey(where, m.container(), m.element());
            }
            case SavedShape.Mapped m -> {
                check(where, m.key());
                check(where, m.value());
                checkKey(where, m.container(), m.key());
            }
            default -> {}
        }
    }

    /**
     * Entities are put into collections before they are filled: their order or hash would be that
     * of empty fields.
     */
    private void checkKey(String where, Container container, SavedShape key) {
        boolean hashed = container == Container.SET || container == Container.MAP;
        if (!hashed && !container.isSorted()) return;
        for (SavedType t : types.types()) {
            if (t.kind() != SavedType.Kind.ENTITY) continue;
            if (!key.javaType().isAssignableFrom(t.type())) continue;
            if (container.isSorted()) {
                found.add(where + ": sorted by the entity " + t.name());
            } else if (hasOwnHash(t.type())) {
                found.add(where + ": hashed by the entity " + t.name());
            }
        }
    }

    private static boolean hasOwnHash(Class<?> type) {
        try {
            return type.getMethod("hashCode").getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkAny(String where, Class<?> type) {
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                checkPermitted(where, permitted);
            }
        }
    }

    private void checkPermitted(String where, Class<?> c) {
        boolean savable =
                types.of(c) != null || c.isAnnotationPresent(SavedKind.class) || c.isSealed();
        if (!savable) found.add(where + ": " + c.getName());
        if (c.isSealed()) checkAny(where, c);
    }

    private boolean canContainItself(SavedType start) {
        Set<SavedType> reached = new LinkedHashSet<>();
        List<SavedType> open = new ArrayList<>(List.of(start));
        while (!open.isEmpty()) {
            SavedType t = open.removeLast();
            Set<SavedType> inside = new LinkedHashSet<>();
            for (SavedField f : t.fields()) valuesIn(types.shape(f.declared()), inside);
            for (SavedType value : inside) {
                if (value == start) return true;
                if (reached.add(value)) open.add(value);
            }
        }
        return false;
    }

    private void valuesIn(SavedShape shape, Set<SavedType> inside) {
        switch (shape) {
            case SavedShape.Value v -> inside.add(v.type());
            case SavedShape.Any a -> {
                for (SavedType t : types.types()) {
                    boolean fits = a.javaType().isAssignableFrom(t.type());
                    if (fits && t.kind() == SavedType.Kind.VALUE) inside.add(t);
                }
            }
            case SavedShape.ArrayOf a -> valuesIn(a.element(), inside);
            case SavedShape.Many m -> valuesIn(m.element(), inside);
            case SavedShape.Mapped m -> {
                valuesIn(m.key(), inside);
                valuesIn(m.value(), inside);
            }
            default -> {}
        }
    }
}
