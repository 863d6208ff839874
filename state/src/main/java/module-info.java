/** Stores object graphs it has never heard of, and guest memory beside them. */
module stasis.state {
    requires com.esotericsoftware.kryo;
    requires org.lz4.java;
    requires com.fasterxml.jackson.core;
    requires static org.jspecify;

    exports stasis.state;
    exports stasis.state.graph;
    exports stasis.state.image;
    exports stasis.state.pages;
    exports stasis.state.store;
}
