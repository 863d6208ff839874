package stasis.net;

/**
 * What an endpoint can do without waiting: bits, as {@code readiness()} of an endpoint gives them
 * for level-triggered waiting, and as {@link Observer#happened} reports them for edges.
 */
public final class Readiness {
    /** Something can be read or accepted, or the end of the stream, or an error. */
    public static final int READABLE = 1;

    /** There is room to send. */
    public static final int WRITABLE = 2;

    /** Urgent data, or an error message in the queue of errors. */
    public static final int URGENT = 4;

    /** An error waits to be taken. */
    public static final int ERROR = 8;

    /** The peer sends no more. */
    public static final int PEER_CLOSED = 16;

    /** Both directions are shut. */
    public static final int HANG_UP = 32;

    private Readiness() {}

    /** Hears of what happens at one endpoint. */
    public interface Observer {
        /** Hears nothing. */
        Observer NONE = events -> {};

        /**
         * Something became possible, or more of it did: new data are reported although older data
         * were there. Called in the midst of the stack's work: must not call the stack back.
         */
        void happened(int events);
    }
}
