package stasis.cli.oci;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON object with its place in the file, so that a wrong type is told by its path. */
final class Node {
    private final String path;
    private final Map<?, ?> map;

    Node(String path, Map<?, ?> map) {
        this.path = path;
        this.map = map;
    }

    boolean has(String name) {
        return map.get(name) != null;
    }

    String string(String name, String otherwise) throws SpecException {
        String value = get(name, String.class, "a string");
        return value == null ? otherwise : value;
    }

    String required(String name) throws SpecException {
        String value = get(name, String.class, "a string");
        if (value == null || value.isEmpty()) throw new SpecException(at(name) + " is missing");
        return value;
    }

    boolean flag(String name) throws SpecException {
        return Boolean.TRUE.equals(get(name, Boolean.class, "true or false"));
    }

    long number(String name, long otherwise) throws SpecException {
        Long value = get(name, Long.class, "a number");
        return value == null ? otherwise : value;
    }

    int id(String name) throws SpecException {
        long value = number(name, 0);
        if (value != (value & 0xffff_ffffL)) throw new SpecException(at(name) + " is out of range");
        return (int) value;
    }

    Node object(String name) throws SpecException {
        Map<?, ?> value = get(name, Map.class, "an object");
        return new Node(at(name), value == null ? Map.of() : value);
    }

    List<Node> objects(String name) throws SpecException {
        List<Node> all = new ArrayList<>();
        for (Object o : list(name)) {
            String here = at(name) + "[" + all.size() + "]";
            if (!(o instanceof Map<?, ?> m)) throw new SpecException(here + " is not an object");
            all.add(new Node(here, m));
        }
        return all;
    }

    List<String> strings(String name) throws SpecException {
        List<String> all = new ArrayList<>();
        for (Object o : list(name)) {
            if (!(o instanceof String s) || s.indexOf('\0') >= 0) {
                throw new SpecException(at(name) + "[" + all.size() + "] is not a string");
            }
            all.add(s);
        }
        return all;
    }

    List<Integer> ids(String name) throws SpecException {
        List<Integer> all = new ArrayList<>();
        for (Object o : list(name)) {
            if (!(o instanceof Long n) || n != (n & 0xffff_ffffL)) {
                throw new SpecException(at(name) + "[" + all.size() + "] is not an id");
            }
            all.add(n.intValue());
        }
        return all;
    }

    List<String> names() {
        return map.keySet().stream().map(String::valueOf).toList();
    }

    Map<String, @Nullable Object> raw() {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private List<?> list(String name) throws SpecException {
        List<?> value = get(name, List.class, "a list");
        return value == null ? List.of() : value;
    }

    private <T> @Nullable T get(String name, Class<T> type, String what) throws SpecException {
        Object value = map.get(name);
        if (value == null) return null;
        if (!type.isInstance(value)) throw new SpecException(at(name) + " is not " + what);
        return type.cast(value);
    }
}
