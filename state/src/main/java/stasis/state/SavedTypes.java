package stasis.state;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The closed table of classes that may appear in a snapshot. Anything else is refused, both ways.
 *
 * <p>Built once at start, then only read: it may be shared between threads after that.
 */
public final class SavedTypes {
    private final Map<Class<?>, SavedType> byClass = new LinkedHashMap<>();
    private final Map<String, SavedType> byName = new TreeMap<>();

    /** {@code owner} comes from the module that owns the classes: no {@code opens} is needed. */
    public SavedTypes add(MethodHandles.Lookup owner, Class<?>... types) {
        for (Class<?> type : types) {
            SavedType t = new SavedType(owner, type);
            SavedType other = byName.putIfAbsent(t.name(), t);
            if (other != null) {
                throw new IllegalStateException(
                        "two classes are saved as "
                                + t.name()
                                + ": "
                                + other.type().getName()
                                + " and "
                                + type.getName());
            }
            byClass.put(type, t);
        }
        return this;
    }

    public @Nullable SavedType of(Class<?> type) {
        return byClass.get(type);
    }

    public @Nullable SavedType named(String name) {
        return byName.get(name);
    }

    public Set<Class<?>> classes() {
        return Collections.unmodifiableSet(byClass.keySet());
    }

    /** By name. */
    public Collection<SavedType> types() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /**
     * Saved fields whose declared type could hold something that cannot be saved, and records that
     * could contain themselves. Empty in a sound build.
     */
    public List<String> holes() {
        return new Holes(this).find();
    }

    /** Records are written inline, so one that can contain itself could nest without end. */
    public void requireLeafRecords() {
        List<String> nested = new Holes(this).findNested();
        if (!nested.isEmpty()) throw new IllegalStateException(String.join("; ", nested));
    }

    /** One line per saved field, sorted by class: checked in, and compared by a test. */
    public String schema() {
        StringBuilder text = new StringBuilder();
        for (SavedType t : byName.values()) {
            text.append(t.name()).append(" v").append(t.version());
            text.append(
                    switch (t.kind()) {
                        case ENTITY -> " entity\n";
                        case VALUE -> " value\n";
                        case CHOICE -> " enum\n";
                    });
            for (SavedField f : t.fields()) {
                text.append("  ").append(f.name()).append(": ");
                text.append(shape(f.declared()).text()).append('\n');
            }
        }
        return text.toString();
    }

    /** What a field declared so can hold, as far as this table goes. */
    public SavedShape shape(Type declared) {
        return switch (declared) {
            case Class<?> c -> shapeOfClass(c);
            case ParameterizedType p -> shapeOfParameterized(p);
            case GenericArrayType a -> new SavedShape.ArrayOf(shape(a.getGenericComponentType()));
            case WildcardType w -> shape(w.getUpperBounds()[0]);
            case TypeVariable<?> v -> shape(v.getBounds()[0]);
            default -> new SavedShape.Hole(declared.getTypeName());
        };
    }

    /** Reads a field type of a schema; for images older than this build. */
    public SavedShape parseShape(String text) {
        Map<String, Class<?>> known = new HashMap<>();
        for (SavedType t : byName.values()) {
            for (SavedField f : t.fields()) collectNames(shape(f.declared()), known);
        }
        return new ShapeText(text, this, known).parse();
    }

    private static void collectNames(SavedShape shape, Map<String, Class<?>> known) {
        switch (shape) {
            case SavedShape.Choice c -> known.put(c.text(), c.javaType());
            case SavedShape.Any a -> known.put(a.text(), a.javaType());
            case SavedShape.ArrayOf a -> collectNames(a.element(), known);
            case SavedShape.Many m -> collectNames(m.element(), known);
            case SavedShape.Mapped m -> {
                collectNames(m.key(), known);
                collectNames(m.value(), known);
            }
            default -> {}
        }
    }

    private SavedShape shapeOfClass(Class<?> c) {
        if (c.isPrimitive()) return new SavedShape.Primitive(c);
        if (ShapeText.BOXES.contains(c)) return new SavedShape.Boxed(c);
        if (c == String.class) return new SavedShape.Text();
        if (c.isEnum()) return new SavedShape.Choice(c.getSimpleName(), c);
        if (c.isArray()) {
            Class<?> component = c.getComponentType();
            return component.isPrimitive()
                    ? new SavedShape.Bulk(component)
                    : new SavedShape.ArrayOf(shape(component));
        }
        SavedType saved = byClass.get(c);
        if (saved != null && saved.kind() == SavedType.Kind.VALUE) {
            return new SavedShape.Value(saved);
        }
        if (saved != null && Modifier.isFinal(c.getModifiers())) {
            return new SavedShape.Entity(saved);
        }
        if (saved != null || c.isAnnotationPresent(SavedKind.class) || c.isSealed()) {
            return new SavedShape.Any(c.getSimpleName(), c);
        }
        return new SavedShape.Hole(c.getTypeName());
    }

    private SavedShape shapeOfParameterized(ParameterizedType p) {
        if (!(p.getRawType() instanceof Class<?> raw)) {
            return new SavedShape.Hole(p.getTypeName());
        }
        Container container = Container.declaredAs(raw);
        if (container == null) return shapeOfClass(raw);
        List<SavedShape> arguments = new ArrayList<>();
        for (Type argument : p.getActualTypeArguments()) arguments.add(shape(argument));
        return container.isMap()
                ? new SavedShape.Mapped(container, arguments.get(0), arguments.get(1))
                : new SavedShape.Many(container, arguments.get(0));
    }
}
