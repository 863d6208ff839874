package stasis.state.graph;

import org.jspecify.annotations.Nullable;

/** Writes and reads the values of one {@link stasis.state.SavedShape}. Stateless. */
interface Codec {
    void write(Saving saving, @Nullable Object value);

    @Nullable Object read(Loading loading);
}
