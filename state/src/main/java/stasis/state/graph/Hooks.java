package stasis.state.graph;

import com.esotericsoftware.kryo.util.IdentityObjectIntMap;

import org.jspecify.annotations.Nullable;

import stasis.state.Restoration;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/** The third step of a restore: hooks by entity number, unless one asks for another first. */
final class Hooks implements Restoration {
    private static final byte RUNNING = 1;
    private static final byte DONE = 2;

    private final Layouts layouts;
    private final Loading loading;
    private final Map<Class<?>, Object> resources;
    private final IdentityObjectIntMap<Object> numbers = new IdentityObjectIntMap<>();
    private final byte[] state;
    private final Deque<Object> running = new ArrayDeque<>();
    private @Nullable Defect failed;

    Hooks(Layouts layouts, Loading loading, Map<Class<?>, Object> resources) {
        this.layouts = layouts;
        this.loading = loading;
        this.resources = resources;
        this.state = new byte[loading.entities().length];
    }

    void run() {
        Object[] entities = loading.entities();
        for (int i = 0; i < entities.length; i++) {
            boolean hooked = !loading.layoutOf(i).type().afterRestore().isEmpty();
            if (hooked) numbers.put(entities[i], i);
        }
        for (int i = 0; i < entities.length; i++) {
            if (numbers.get(entities[i], -1) >= 0) run(i);
        }
    }

    private void run(int number) {
        if (state[number] == DONE) return;
        Object entity = loading.entities()[number];
        if (state[number] == RUNNING) {
            throw new Defect("restore hooks wait for each other: " + cycle(entity));
        }
        state[number] = RUNNING;
        running.addLast(entity);
        try {
            loading.layoutOf(number).afterRestore(entity, this);
        } catch (Defect e) {
            // The innermost hook is the one that failed; those that asked for it only pass it on.
            failed = e.path().isEmpty() ? Defect.at(path(entity), e) : e;
        }
        // Also if the hook that asked has caught it: no restore goes on half done.
        if (failed != null) throw failed;
        running.removeLast();
        state[number] = DONE;
    }

    private String path(Object entity) {
        return Paths.find(layouts, loading.entities()[0], entity);
    }

    private String cycle(Object entity) {
        StringBuilder text = new StringBuilder();
        boolean inside = false;
        for (Object e : running) {
            inside |= e == entity;
            if (inside) text.append(path(e)).append(" -> ");
        }
        return text.append(path(entity)).toString();
    }

    @Override
    public <T> T ready(T entity) {
        int number = numbers.get(entity, -1);
        if (number >= 0) run(number);
        return entity;
    }

    @Override
    public <T> T resource(Class<T> type) {
        Object resource = resources.get(type);
        if (resource == null) throw new Defect("this host gives no " + type.getName());
        return type.cast(resource);
    }
}
