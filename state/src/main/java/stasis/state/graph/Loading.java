package stasis.state.graph;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.io.Input;

import org.jspecify.annotations.Nullable;

import stasis.state.SavedType;

/** One run of a {@link GraphReader}: build all entities, then fill them. Hooks come after. */
final class Loading implements Session {
    final Kryo kryo;
    final Input in;
    private final Layouts layouts;
    private final SavedClassResolver resolver;
    private Registration[] classes = {};
    private Object[] entities = {};
    private @Nullable Object filling;

    Loading(Layouts layouts, byte[] bytes) {
        this.layouts = layouts;
        this.in = new Input(bytes);
        this.resolver = new SavedClassResolver(layouts, this);
        this.kryo = Kryos.create(resolver);
    }

    @Override
    public Loading loading() {
        return this;
    }

    Object[] entities() {
        return entities;
    }

    Layout layoutOf(int number) {
        return SavedClassResolver.serializer(classes[number]).layout();
    }

    /** The entity whose fields come next in the stream. */
    Object filling() {
        if (filling == null) throw new IllegalStateException("an entity outside the table");
        return filling;
    }

    void run() {
        StreamHead.read(in, layouts, resolver);
        build();
        fill();
        if (in.position() != in.limit()) {
            throw new Defect(in.limit() - in.position() + " bytes too many");
        }
    }

    private void build() {
        int count = in.readVarInt(true);
        if (count == 0) throw new Defect("no entities");
        Bounds.require(in, count, 1);
        classes = new Registration[count];
        entities = new Object[count];
        for (int i = 0; i < count; i++) {
            classes[i] = resolver.numbered(in.readVarInt(true));
            SavedType type = layoutOf(i).type();
            if (type.kind() != SavedType.Kind.ENTITY) {
                throw new Defect(type.name() + " in the table");
            }
            try {
                entities[i] = layoutOf(i).construct();
            } catch (RuntimeException e) {
                throw Defect.at(type.name(), e);
            }
        }
    }

    private void fill() {
        for (int i = 0; i < entities.length; i++) {
            filling = entities[i];
            try {
                SavedClassResolver.serializer(classes[i]).read(kryo, in, Object.class);
            } catch (RuntimeException e) {
                throw Defect.at(Paths.find(layouts, entities[0], entities[i]), e);
            }
        }
        filling = null;
    }

    Object entity(int number, Class<?> declared) {
        if (number < 0 || number >= entities.length) {
            throw new Defect("a reference to entity " + number + " of " + entities.length);
        }
        Object entity = entities[number];
        if (!declared.isInstance(entity)) {
            throw new Defect(entity.getClass().getName() + " is no " + declared.getName());
        }
        return entity;
    }

    /** {@code -1}: null. */
    int count() {
        int count = in.readVarInt(true) - 1;
        if (count != -1) Bounds.require(in, count, 1);
        return count;
    }

    Object inline(SavedType type) {
        Layout layout = layouts.of(type);
        if (!resolver.isNumbered(layout)) throw new Defect(type.name() + " is not in the schema");
        return inline(resolver.registration(layout));
    }

    Object inline(Registration registration) {
        return SavedClassResolver.serializer(registration).read(kryo, in, Object.class);
    }
}
