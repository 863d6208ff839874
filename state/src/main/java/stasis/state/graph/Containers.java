package stasis.state.graph;

import org.jspecify.annotations.Nullable;

import stasis.state.Container;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Fresh collections for what is read. {@code count} is already bounded by the bytes left. */
final class Containers {
    private Containers() {}

    static Collection<?> collection(Container container, int count) {
        return switch (container) {
            case LIST -> new ArrayList<Object>(count);
            case SET -> LinkedHashSet.<Object>newLinkedHashSet(count);
            case SORTED_SET -> new TreeSet<Object>();
            case DEQUE -> new ArrayDeque<Object>(count + 1);
            case MAP, SORTED_MAP -> throw new IllegalArgumentException(container.text());
        };
    }

    static Map<@Nullable Object, @Nullable Object> map(Container container, int count) {
        return container == Container.SORTED_MAP
                ? new TreeMap<>()
                : LinkedHashMap.newLinkedHashMap(count);
    }
}
