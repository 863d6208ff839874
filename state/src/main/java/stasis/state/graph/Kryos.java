package stasis.state.graph;

import com.esotericsoftware.kryo.Kryo;

final class Kryos {
    private Kryos() {}

    /** Registration required, no references of its own: the entity table keeps identity. */
    static Kryo create(SavedClassResolver resolver) {
        Kryo kryo = new Kryo(resolver, null);
        kryo.setRegistrationRequired(true);
        kryo.setReferences(false);
        kryo.setAutoReset(false);
        return kryo;
    }
}
