package stasis.state.graph;

import org.jspecify.annotations.Nullable;

/** The fields of one class as a stream holds them: those of today, or of an older version. */
interface StoredFields {
    void fill(Layout layout, Loading loading, Object entity);

    /** Constructor arguments. */
    @Nullable Object[] read(Layout layout, Loading loading);

    /** What this build would write. */
    record Current() implements StoredFields {
        @Override
        public void fill(Layout layout, Loading loading, Object entity) {
            for (FieldCodec field : layout.fields()) field.fill(loading, entity);
        }

        @Override
        public @Nullable Object[] read(Layout layout, Loading loading) {
            FieldCodec[] fields = layout.fields();
            @Nullable Object[] values = new @Nullable Object[fields.length];
            for (int i = 0; i < values.length; i++) values[i] = fields[i].read(loading);
            return values;
        }
    }
}
