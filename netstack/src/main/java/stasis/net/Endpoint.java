package stasis.net;

import org.jspecify.annotations.Nullable;

/** What sockets of all IP protocols stand on, as far as they do it alike. */
public interface Endpoint {
    /** From now on {@code observer} hears of changes of {@link #readiness}, in place of others. */
    void observe(Readiness.Observer observer);

    /** Bits of {@link Readiness} that hold now. */
    int readiness();

    /** What went wrong since this was last asked, once; null if nothing. */
    @Nullable NetError takeError();

    /** Dissolves a connection, or forgets the peer. */
    void disconnect();

    /** Nobody will use it any more. What it has promised to send is still sent. */
    void close();
}
