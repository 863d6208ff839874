package stasis.state.graph;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/**
 * One saved class of one run of a writer or reader: writes the fields of an entity or record one
 * after the other. An entity that is read exists already; a record is built from what is read.
 */
final class EntitySerializer extends Serializer<Object> {
    private final Layout layout;
    private final Session session;
    private final StoredFields stored;

    EntitySerializer(Layout layout, Session session, StoredFields stored) {
        this.layout = layout;
        this.session = session;
        this.stored = stored;
    }

    Layout layout() {
        return layout;
    }

    @Override
    public void write(Kryo kryo, Output output, Object object) {
        if (object instanceof Enum<?> e) {
            Texts.write(output, e.name());
            return;
        }
        for (FieldCodec field : layout.fields()) field.write(session.saving(), object);
    }

    @Override
    public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
        return switch (layout.type().kind()) {
            case ENTITY -> {
                Object entity = session.loading().filling();
                stored.fill(layout, session.loading(), entity);
                yield entity;
            }
            case VALUE -> layout.construct(stored.read(layout, session.loading()));
            case CHOICE -> constant(Texts.readRequired(input));
        };
    }

    private Object constant(String name) {
        for (Object c : layout.type().type().getEnumConstants()) {
            if (((Enum<?>) c).name().equals(name)) return c;
        }
        throw new Defect("no " + layout.type().name() + " named " + name);
    }
}
