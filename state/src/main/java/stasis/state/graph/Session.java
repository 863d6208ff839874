package stasis.state.graph;

/** One run of a writer or of a reader; the other half says that it is not there. */
interface Session {
    default Saving saving() {
        throw new IllegalStateException("reading");
    }

    default Loading loading() {
        throw new IllegalStateException("writing");
    }
}
