package stasis.state.graph;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.IdentityObjectIntMap;

import stasis.state.SavedType;

import java.util.ArrayList;
import java.util.List;

/** One run of a {@link GraphWriter}. */
final class Saving implements Session {
    final Kryo kryo;
    final Output out = new Output(1 << 16, -1);
    private final Layouts layouts;
    private final SavedClassResolver resolver;
    private final IdentityObjectIntMap<Object> numbers;
    private final List<Object> entities;

    Saving(Layouts layouts, int expected) {
        this.layouts = layouts;
        this.resolver = new SavedClassResolver(layouts, this);
        this.kryo = Kryos.create(resolver);
        this.numbers = new IdentityObjectIntMap<>(Math.max(1024, expected));
        this.entities = new ArrayList<>(expected);
    }

    @Override
    public Saving saving() {
        return this;
    }

    List<Object> entities() {
        return entities;
    }

    SavedClassResolver resolver() {
        return resolver;
    }

    /** Writes every entity that can be reached from {@code root}, in the order reached. */
    void run(Object root) {
        number(root);
        for (int i = 0; i < entities.size(); i++) {
            Object entity = entities.get(i);
            try {
                Registration registration = resolver.registration(layouts.required(entity));
                SavedClassResolver.serializer(registration).write(kryo, out, entity);
            } catch (RuntimeException e) {
                throw Defect.at(Paths.find(layouts, root, entity), e);
            }
        }
    }

    int number(Object entity) {
        int known = numbers.get(entity, -1);
        if (known >= 0) return known;
        Layout layout = layouts.required(entity);
        if (layout.type().kind() != SavedType.Kind.ENTITY) {
            throw new Defect(layout.type().type().getName() + " is no entity");
        }
        layout.beforeSave(entity);
        resolver.registration(layout);
        int number = entities.size();
        numbers.put(entity, number);
        entities.add(entity);
        return number;
    }

    /** {@code -1}: null. */
    void count(int count) {
        if (count == Integer.MAX_VALUE) throw new Defect("a collection of " + count);
        out.writeVarInt(count + 1, true);
    }

    void inline(Layout layout, Object value) {
        SavedClassResolver.serializer(resolver.registration(layout)).write(kryo, out, value);
    }
}
