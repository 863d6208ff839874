package stasis.state;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The collections that saved fields may be declared as, and what they are restored as. The declared
 * type decides: a {@code TreeMap} in a field declared {@code Map} comes back as a {@code
 * LinkedHashMap} in the same order. Sorted ones use the natural order.
 */
public enum Container {
    LIST("List", ArrayList.class, List.class, Collection.class, SequencedCollection.class),
    SET("Set", LinkedHashSet.class, Set.class, SequencedSet.class),
    SORTED_SET("SortedSet", TreeSet.class, SortedSet.class, NavigableSet.class),
    DEQUE("Deque", ArrayDeque.class, Deque.class, Queue.class),
    MAP("Map", LinkedHashMap.class, Map.class, SequencedMap.class),
    SORTED_MAP("SortedMap", TreeMap.class, SortedMap.class, NavigableMap.class);

    private final String text;
    private final Class<?> type;
    private final List<Class<?>> declared;

    Container(String text, Class<?> type, Class<?>... declared) {
        this.text = text;
        this.type = type;
        this.declared = List.of(declared);
    }

    /** As written in the schema. */
    public String text() {
        return text;
    }

    /** What comes back after a restore. */
    public Class<?> type() {
        return type;
    }

    public boolean isMap() {
        return this == MAP || this == SORTED_MAP;
    }

    public boolean isSorted() {
        return this == SORTED_SET || this == SORTED_MAP;
    }

    static @Nullable Container declaredAs(Class<?> type) {
        for (Container c : values()) {
            if (c.type == type || c.declared.contains(type)) return c;
        }
        return null;
    }

    static @Nullable Container named(String text) {
        for (Container c : values()) {
            if (c.text.equals(text)) return c;
        }
        return null;
    }
}
