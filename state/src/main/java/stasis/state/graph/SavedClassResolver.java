package stasis.state.graph;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.util.DefaultClassResolver;

import org.jspecify.annotations.Nullable;

import stasis.state.SavedType;

import java.util.ArrayList;
import java.util.List;

/**
 * A closed world: classes are numbered as the stream meets them, its schema says what the numbers
 * mean, and no class is ever looked up by a name that was read.
 */
final class SavedClassResolver extends DefaultClassResolver {
    /** Stands for "an entity, by number" where any class may stand. */
    static final class Reference {
        private Reference() {}
    }

    private static final int NULL = 0;
    private static final int REFERENCE = 1;
    private static final int FIRST = 2;

    private final Layouts layouts;
    private final Session session;
    private final @Nullable Registration[] byLayout;
    private final List<Registration> byId = new ArrayList<>();
    private final Registration reference;

    SavedClassResolver(Layouts layouts, Session session) {
        this.layouts = layouts;
        this.session = session;
        this.byLayout = new @Nullable Registration[layouts.size()];
        this.reference = new Registration(Reference.class, new NoSerializer(), REFERENCE);
    }

    /** Numbers the class if it is new. */
    Registration registration(Layout layout) {
        Registration known = byLayout[layout.index()];
        return known == null ? add(layout, new StoredFields.Current()) : known;
    }

    /** Gives the class the next number. */
    Registration add(Layout layout, StoredFields stored) {
        EntitySerializer serializer = new EntitySerializer(layout, session, stored);
        Registration added = new Registration(layout.type().type(), serializer, byId.size());
        byLayout[layout.index()] = added;
        byId.add(added);
        return added;
    }

    boolean isNumbered(Layout layout) {
        return byLayout[layout.index()] != null;
    }

    /** By number. */
    List<Registration> registrations() {
        return byId;
    }

    Registration numbered(int id) {
        if (id < 0 || id >= byId.size()) throw new Defect("a class numbered " + id);
        return byId.get(id);
    }

    static EntitySerializer serializer(Registration registration) {
        return (EntitySerializer) registration.getSerializer();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Registration writeClass(Output output, Class type) {
        if (type == null) {
            output.writeVarInt(NULL, true);
            return reference;
        }
        Layout layout = layouts.of((Class<?>) type);
        if (layout == null) throw new Defect(type.getName() + " is not in the table");
        if (layout.type().kind() == SavedType.Kind.ENTITY) {
            output.writeVarInt(REFERENCE, true);
            return reference;
        }
        Registration registration = registration(layout);
        output.writeVarInt(FIRST + registration.getId(), true);
        return registration;
    }

    @Override
    public @Nullable Registration readClass(Input input) {
        int id = input.readVarInt(true);
        if (id == NULL) return null;
        if (id == REFERENCE) return reference;
        Registration registration = numbered(id - FIRST);
        if (serializer(registration).layout().type().kind() == SavedType.Kind.ENTITY) {
            throw new Defect("an entity where its number should be");
        }
        return registration;
    }

    private static final class NoSerializer extends Serializer<Object> {
        @Override
        public void write(Kryo kryo, Output output, Object object) {
            throw new IllegalStateException("a reference is its number");
        }

        @Override
        public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
            throw new IllegalStateException("a reference is its number");
        }
    }
}
