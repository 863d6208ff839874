package stasis.kernel.fs.host;

/** The pumps, as a restore finds them. */
public interface HostStreams {
    /**
     * A restored sandbox has this stream: whatever is known outside under its slot is to be
     * connected with it before the kernel goes on; if there is nothing, it is to be told {@link
     * HostStream#inputEnded} and {@link HostStream#outputFailed}. Starts no thread.
     */
    void attach(HostStream stream);

    /**
     * The same of a terminal; if there is none outside, it is to be told {@link
     * HostTerminal#hangUp} once the kernel goes on.
     */
    default void attach(HostTerminal terminal) {
        throw new IllegalStateException("no terminal outside for slot " + terminal.slot());
    }
}
