package stasis.state.graph;

import org.jspecify.annotations.Nullable;

import stasis.state.SavedType;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds how an entity is reached from the root, for messages: {@code Kernel.tasks[3].files[7]}.
 * Walks the live graph a second time, so that nothing has to be kept while all is well.
 */
final class Paths {
    private static final int STEPS_MAX = 32;
    private static final int KEY_MAX = 40;

    private record From(@Nullable Object parent, String step) {}

    private final Layouts layouts;
    private final IdentityHashMap<Object, From> reached = new IdentityHashMap<>();
    private final Deque<Object> open = new ArrayDeque<>();

    private Paths(Layouts layouts) {
        this.layouts = layouts;
    }

    static String find(Layouts layouts, Object root, Object target) {
        return new Paths(layouts).search(root, target);
    }

    /** Only plain keys show their value: a {@code toString} of an object is not ours to call. */
    static String key(@Nullable Object key) {
        String text =
                switch (key) {
                    case null -> "null";
                    case String s -> s;
                    case Number n -> n.toString();
                    case Boolean b -> b.toString();
                    case Character c -> c.toString();
                    case Enum<?> e -> e.name();
                    default -> key.getClass().getSimpleName();
                };
        return "[" + (text.length() > KEY_MAX ? text.substring(0, KEY_MAX) + "…" : text) + "]";
    }

    private String search(Object root, Object target) {
        reached.put(root, new From(null, root.getClass().getSimpleName()));
        open.add(root);
        while (!open.isEmpty() && !reached.containsKey(target)) {
            Object entity = open.removeFirst();
            walkFields(entity, entity, "");
        }
        return reached.containsKey(target) ? describe(target) : target.getClass().getSimpleName();
    }

    private void walkFields(Object entity, Object holder, String prefix) {
        Layout layout = layouts.of(holder.getClass());
        if (layout == null) return;
        for (FieldCodec field : layout.fields()) {
            walk(entity, field.get(holder), prefix + "." + field.name());
        }
    }

    private void walk(Object entity, @Nullable Object value, String step) {
        switch (value) {
            case null -> {}
            case Object[] array -> {
                for (int i = 0; i < array.length; i++) {
                    walk(entity, array[i], step + "[" + i + "]");
                }
            }
            case Collection<?> many -> {
                int i = 0;
                for (Object e : many) walk(entity, e, step + "[" + i++ + "]");
            }
            case Map<?, ?> map ->
                    map.forEach(
                            (k, v) -> {
                                walk(entity, k, step + key(k));
                                walk(entity, v, step + key(k));
                            });
            default -> walkObject(entity, value, step);
        }
    }

    private void walkObject(Object entity, Object value, String step) {
        Layout layout = layouts.of(value.getClass());
        if (layout == null) return;
        if (layout.type().kind() == SavedType.Kind.VALUE) {
            walkFields(entity, value, step);
        } else if (reached.putIfAbsent(value, new From(entity, step)) == null) {
            open.add(value);
        }
    }

    private String describe(Object target) {
        List<String> steps = new ArrayList<>();
        for (Object at = target; at != null; ) {
            From from = reached.get(at);
            if (from == null) break;
            steps.add(from.step());
            at = from.parent();
        }
        StringBuilder path = new StringBuilder(steps.removeLast());
        if (steps.size() > STEPS_MAX) {
            path.append("…(").append(steps.size() - STEPS_MAX).append(" steps)…");
        }
        for (int i = Math.min(steps.size(), STEPS_MAX) - 1; i >= 0; i--) path.append(steps.get(i));
        return path.toString();
    }
}
