package stasis.state.graph;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fields of an older version: read by the types the stream names, then upgraded step by step. */
record OlderFields(List<Old> fields, List<MethodHandle> steps) implements StoredFields {
    record Old(String name, Codec codec) {}

    @Override
    public void fill(Layout layout, Loading loading, Object entity) {
        Map<String, @Nullable Object> values = upgraded(layout, loading);
        for (FieldCodec field : layout.fields()) field.set(entity, values.get(field.name()));
    }

    @Override
    public @Nullable Object[] read(Layout layout, Loading loading) {
        Map<String, @Nullable Object> values = upgraded(layout, loading);
        FieldCodec[] fields = layout.fields();
        @Nullable Object[] arguments = new @Nullable Object[fields.length];
        for (int i = 0; i < arguments.length; i++) arguments[i] = values.get(fields[i].name());
        return arguments;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Map<String, @Nullable Object> upgraded(Layout layout, Loading loading) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Old old : fields) {
            try {
                values.put(old.name(), old.codec().read(loading));
            } catch (RuntimeException e) {
                throw Defect.at("." + old.name(), e);
            }
        }
        for (MethodHandle step : steps) layout.upgrade(step, (Map) values);
        checkNames(layout, values);
        return values;
    }

    private static void checkNames(Layout layout, Map<String, @Nullable Object> values) {
        for (FieldCodec field : layout.fields()) {
            if (!values.containsKey(field.name())) {
                throw new Defect("the upgrade left " + field.name() + " unset");
            }
        }
        if (values.size() != layout.fields().length) {
            throw new Defect("the upgrade left fields that are gone: " + values.keySet());
        }
    }
}
