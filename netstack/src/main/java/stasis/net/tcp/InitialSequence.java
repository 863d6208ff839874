package stasis.net.tcp;

import stasis.state.Saved;

/** Where sequence numbers and timestamps of a connection begin, RFC 6528 and RFC 7323 5.4. */
@Saved("net.InitialSequence")
final class InitialSequence {
    private static final int FOR_TIMESTAMPS = 1;

    private KeyedHash hash;

    @SuppressWarnings("NullAway.Init") // for a restore
    private InitialSequence() {}

    InitialSequence(KeyedHash hash) {
        this.hash = hash;
    }

    /** RFC 6528 3: a clock, which ticks every 64 ns as Linux's does, and a hash of the ends. */
    int sequence(SocketPair pair, long now) {
        return (int) (now >> 6) + (int) of(pair, 0);
    }

    int timestampOffset(SocketPair pair) {
        return (int) of(pair, FOR_TIMESTAMPS);
    }

    private long of(SocketPair p, int purpose) {
        return hash.of(p.local(), p.localPort(), p.remote(), p.remotePort(), purpose);
    }
}
