package stasis.state;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * Reads the text of a {@link SavedShape} back.
 *
 * <pre>
 *   shape   := base "[]"*
 *   base    := "int" … | "Integer" … | "String" | "enum" name | "any" name | saved name
 *            | container "&lt;" shape [ ", " shape ] "&gt;"
 * </pre>
 *
 * Names of enums and open types are looked up among those this build knows; an enum that is gone is
 * read as its name, an open type that is gone as any object.
 */
final class ShapeText {
    private static final List<Class<?>> PRIMITIVES =
            List.of(
                    boolean.class,
                    byte.class,
                    short.class,
                    char.class,
                    int.class,
                    long.class,
                    float.class,
                    double.class);
    static final List<Class<?>> BOXES =
            List.of(
                    Boolean.class,
                    Byte.class,
                    Short.class,
                    Character.class,
                    Integer.class,
                    Long.class,
                    Float.class,
                    Double.class);
    private static final int DEPTH_MAX = 16;

    private final String text;
    private final SavedTypes types;
    private final Map<String, Class<?>> known;
    private int at;

    ShapeText(String text, SavedTypes types, Map<String, Class<?>> known) {
        this.text = text;
        this.types = types;
        this.known = known;
    }

    static boolean isReserved(String name) {
        return name.equals("String")
                || name.equals("enum")
                || name.equals("any")
                || name.equals("unsavable")
                || Container.named(name) != null
                || byName(PRIMITIVES, name) != null
                || byName(BOXES, name) != null;
    }

    SavedShape parse() {
        SavedShape shape = shape(0);
        if (at != text.length()) throw bad();
        return shape;
    }

    private SavedShape shape(int depth) {
        if (depth > DEPTH_MAX) throw bad();
        SavedShape shape = base(word(), depth);
        while (text.startsWith("[]", at)) {
            at += 2;
            shape =
                    shape instanceof SavedShape.Primitive p
                            ? new SavedShape.Bulk(p.javaType())
                            : new SavedShape.ArrayOf(shape);
        }
        return shape;
    }

    private SavedShape base(String word, int depth) {
        Class<?> primitive = byName(PRIMITIVES, word);
        if (primitive != null) return new SavedShape.Primitive(primitive);
        Class<?> box = byName(BOXES, word);
        if (box != null) return new SavedShape.Boxed(box);
        Container container = Container.named(word);
        if (container != null) return container(container, depth);
        return switch (word) {
            case "String" -> new SavedShape.Text();
            case "enum" -> {
                String name = nextWord();
                yield new SavedShape.Choice(name, known.get("enum " + name));
            }
            case "any" -> {
                String name = nextWord();
                Class<?> type = known.get("any " + name);
                yield new SavedShape.Any(name, type == null ? Object.class : type);
            }
            default -> saved(word);
        };
    }

    private SavedShape container(Container container, int depth) {
        expect("<");
        SavedShape first = shape(depth + 1);
        if (!container.isMap()) {
            expect(">");
            return new SavedShape.Many(container, first);
        }
        expect(", ");
        SavedShape value = shape(depth + 1);
        expect(">");
        return new SavedShape.Mapped(container, first, value);
    }

    private SavedShape saved(String name) {
        SavedType type = types.named(name);
        if (type == null) throw new CorruptSnapshotException("unknown type " + name);
        return type.kind() == SavedType.Kind.VALUE
                ? new SavedShape.Value(type)
                : new SavedShape.Entity(type);
    }

    private String nextWord() {
        expect(" ");
        return word();
    }

    private String word() {
        int start = at;
        while (at < text.length() && "<>[], ".indexOf(text.charAt(at)) < 0) at++;
        if (at == start) throw bad();
        return text.substring(start, at);
    }

    private void expect(String token) {
        if (!text.startsWith(token, at)) throw bad();
        at += token.length();
    }

    private CorruptSnapshotException bad() {
        return new CorruptSnapshotException("unreadable field type '" + text + "'");
    }

    private static @Nullable Class<?> byName(List<Class<?>> among, String name) {
        for (Class<?> c : among) {
            if (c.getSimpleName().equals(name)) return c;
        }
        return null;
    }
}
