package stasis.state.graph;

import org.jspecify.annotations.Nullable;

import stasis.state.Container;
import stasis.state.SavedShape;
import stasis.state.SavedType;

import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The codecs of references. A first varint is 0 for null; after that
 *
 * <pre>
 *   boxed, record, enum     1, then the content
 *   entity                  number + 1
 *   any                     1, number of an entity | class id + 2, content of a record or enum
 *   array, collection, map  count + 1, then the elements
 * </pre>
 */
final class Codecs {
    private Codecs() {}

    static Codec of(SavedShape shape, Layouts layouts) {
        return switch (shape) {
            case SavedShape.Primitive p -> new BoxCodec(p.javaType());
            case SavedShape.Boxed b -> new BoxCodec(b.javaType());
            case SavedShape.Text _ -> new TextCodec();
            case SavedShape.Choice c -> new EnumCodec(c.type());
            case SavedShape.Bulk b -> new BulkCodec(b.component());
            case SavedShape.ArrayOf a -> new ArrayCodec(a, of(a.element(), layouts));
            case SavedShape.Value v -> new ValueCodec(layouts, v.type());
            case SavedShape.Entity e -> new EntityCodec(e.javaType());
            case SavedShape.Any a -> new AnyCodec(layouts, a.javaType());
            case SavedShape.Many m -> new ManyCodec(m.container(), of(m.element(), layouts));
            case SavedShape.Mapped m ->
                    new MapCodec(m.container(), of(m.key(), layouts), of(m.value(), layouts));
            case SavedShape.Hole h -> new HoleCodec(h.name());
        };
    }

    /** What stands here could not be restored, whatever it is; only null passes. */
    private record HoleCodec(String declared) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            if (value != null) {
                throw new Defect(value.getClass().getName() + ", declared as " + declared);
            }
        }

        @Override
        public @Nullable Object read(Loading loading) {
            return null;
        }
    }

    /** Boxes, and primitives of older images on their way through {@code @Upgrade}. */
    private record BoxCodec(Class<?> type) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            saving.out.writeBoolean(value != null);
            if (value != null) Primitives.write(saving.out, value);
        }

        @Override
        public @Nullable Object read(Loading loading) {
            if (!type.isPrimitive() && !Primitives.readBoolean(loading.in)) return null;
            return Primitives.read(loading.in, type);
        }
    }

    private record TextCodec() implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            Texts.write(saving.out, (String) value);
        }

        @Override
        public @Nullable Object read(Loading loading) {
            return Texts.read(loading.in);
        }
    }

    private record EnumCodec(@Nullable Class<?> type, Map<String, Enum<?>> constants)
            implements Codec {
        EnumCodec(@Nullable Class<?> type) {
            this(type, new HashMap<>());
            if (type == null) return;
            for (Object c : type.getEnumConstants()) {
                Enum<?> constant = (Enum<?>) c;
                constants.put(constant.name(), constant);
            }
        }

        @Override
        public void write(Saving saving, @Nullable Object value) {
            Texts.write(saving.out, value == null ? null : ((Enum<?>) value).name());
        }

        @Override
        public @Nullable Object read(Loading loading) {
            String name = Texts.read(loading.in);
            if (name == null || type == null) return name;
            Object constant = constants.get(name);
            if (constant == null) throw new Defect("no " + type.getSimpleName() + " named " + name);
            return constant;
        }
    }

    private record BulkCodec(Class<?> component) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            Bulk.write(saving.out, value);
        }

        @Override
        public @Nullable Object read(Loading loading) {
            return Bulk.read(loading.in, component);
        }
    }

    private record ArrayCodec(SavedShape.ArrayOf shape, Codec element) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            Object[] array = (Object[]) value;
            saving.count(array == null ? -1 : array.length);
            if (array == null) return;
            for (int i = 0; i < array.length; i++) writeElement(saving, element, array[i], i);
        }

        @Override
        public @Nullable Object read(Loading loading) {
            int count = loading.count();
            if (count < 0) return null;
            Object[] array = shape.create(count);
            for (int i = 0; i < count; i++) {
                try {
                    array[i] = element.read(loading);
                } catch (RuntimeException e) {
                    throw Defect.at("[" + i + "]", e);
                }
            }
            return array;
        }
    }

    private record ValueCodec(Layouts layouts, SavedType type) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            saving.out.writeBoolean(value != null);
            if (value != null) saving.inline(layouts.of(type), value);
        }

        @Override
        public @Nullable Object read(Loading loading) {
            if (!Primitives.readBoolean(loading.in)) return null;
            return loading.inline(type);
        }
    }

    private record EntityCodec(Class<?> type) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            saving.out.writeVarInt(value == null ? 0 : saving.number(value) + 1, true);
        }

        @Override
        public @Nullable Object read(Loading loading) {
            int number = loading.in.readVarInt(true);
            return number == 0 ? null : loading.entity(number - 1, type);
        }
    }

    private record AnyCodec(Layouts layouts, Class<?> type) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            if (value == null) {
                saving.kryo.writeClass(saving.out, null);
                return;
            }
            Layout layout = layouts.required(value);
            saving.kryo.writeClass(saving.out, layout.type().type());
            if (layout.type().kind() == SavedType.Kind.ENTITY) {
                saving.out.writeVarInt(saving.number(value), true);
            } else {
                saving.inline(layout, value);
            }
        }

        @Override
        public @Nullable Object read(Loading loading) {
            var registration = loading.kryo.readClass(loading.in);
            if (registration == null) return null;
            if (registration.getType() == SavedClassResolver.Reference.class) {
                return loading.entity(loading.in.readVarInt(true), type);
            }
            if (!type.isAssignableFrom(registration.getType())) {
                throw new Defect(registration.getType().getName() + " is no " + type.getName());
            }
            return loading.inline(registration);
        }
    }

    private record ManyCodec(Container container, Codec element) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object value) {
            Collection<?> many = (Collection<?>) value;
            saving.count(many == null ? -1 : many.size());
            if (many == null) return;
            checkOrder(many);
            int i = 0;
            for (Object e : many) writeElement(saving, element, e, i++);
        }

        private void checkOrder(Collection<?> many) {
            boolean ordered =
                    many instanceof SequencedCollection
                            || many instanceof EnumSet
                            || many.size() < 2;
            if (container == Container.SET && !ordered) throw unordered(many);
            if (many instanceof SortedSet<?> sorted
                    && container.isSorted()
                    && sorted.comparator() != null) {
                throw compared(many);
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        public @Nullable Object read(Loading loading) {
            int count = loading.count();
            if (count < 0) return null;
            var many = (Collection<@Nullable Object>) Containers.collection(container, count);
            for (int i = 0; i < count; i++) {
                try {
                    if (!many.add(element.read(loading))) throw new Defect("twice in a set");
                } catch (RuntimeException e) {
                    throw Defect.at("[" + i + "]", e);
                }
            }
            return many;
        }
    }

    private record MapCodec(Container container, Codec key, Codec value) implements Codec {
        @Override
        public void write(Saving saving, @Nullable Object object) {
            Map<?, ?> map = (Map<?, ?>) object;
            saving.count(map == null ? -1 : map.size());
            if (map == null) return;
            checkOrder(map);
            map.forEach(
                    (k, v) -> {
                        try {
                            key.write(saving, k);
                            value.write(saving, v);
                        } catch (RuntimeException e) {
                            throw Defect.at(Paths.key(k), e);
                        }
                    });
        }

        private void checkOrder(Map<?, ?> map) {
            boolean ordered =
                    map instanceof SequencedMap || map instanceof EnumMap || map.size() < 2;
            if (!ordered) throw unordered(map);
            if (map instanceof SortedMap<?, ?> sorted
                    && container.isSorted()
                    && sorted.comparator() != null) {
                throw compared(map);
            }
        }

        @Override
        public @Nullable Object read(Loading loading) {
            int count = loading.count();
            if (count < 0) return null;
            Map<@Nullable Object, @Nullable Object> map = Containers.map(container, count);
            for (int i = 0; i < count; i++) readEntry(loading, map, i);
            if (map.size() != count) throw new Defect("a key twice in a map");
            return map;
        }

        private void readEntry(
                Loading loading, Map<@Nullable Object, @Nullable Object> map, int i) {
            String step = "[entry " + i + "]";
            try {
                Object k = key.read(loading);
                step = Paths.key(k);
                map.put(k, value.read(loading));
            } catch (RuntimeException e) {
                throw Defect.at(step, e);
            }
        }
    }

    private static void writeElement(
            Saving saving, Codec codec, @Nullable Object element, int index) {
        try {
            codec.write(saving, element);
        } catch (RuntimeException e) {
            throw Defect.at("[" + index + "]", e);
        }
    }

    private static Defect unordered(Object collection) {
        return new Defect(collection.getClass().getName() + " has no stable order");
    }

    private static Defect compared(Object collection) {
        return new Defect(collection.getClass().getName() + " has a comparator of its own");
    }
}
