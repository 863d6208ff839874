package stasis.net.tcp;

import stasis.net.wire.TcpOptions;
import stasis.state.Saved;

/**
 * A half-open connection kept in the sequence number of the answer instead of in memory, RFC 4987
 * 3.6; Linux: net/ipv4/syncookies.c.
 *
 * <pre>
 * cookie = hash1(pair) + peer's ISN + minute * 2^24 + (hash2(pair, minute) + MSS index) mod 2^24
 * </pre>
 *
 * The other options are in the lower bits of the timestamp, if there are timestamps:
 *
 * <pre>
 * bits 0-3  window scale; 15: none        bit 4  SACK permitted
 * </pre>
 */
@Saved("net.SynCookies")
final class SynCookies {
    private static final long MINUTE = 60_000_000_000L;
    private static final int MAX_AGE_MINUTES = 2;
    private static final int MASK = 0xff_ffff;
    private static final int OPTION_BITS = 6;
    private static final int NO_SCALE = 15;
    private static final int SACK = 16;
    private static final int[] MSS = {536, 1220, 1300, 1360, 1440, 1460, 4312, 8960};

    private KeyedHash first;
    private KeyedHash second;

    @SuppressWarnings("NullAway.Init") // for a restore
    private SynCookies() {}

    SynCookies(KeyedHash first, KeyedHash second) {
        this.first = first;
        this.second = second;
    }

    int make(SocketPair pair, int peerIss, int mss, long now) {
        int minute = (int) (now / MINUTE);
        int index = 0;
        while (index + 1 < MSS.length && MSS[index + 1] <= mss) index++;
        int low = ((int) hash(second, pair, minute) + index) & MASK;
        return (int) hash(first, pair, 0) + peerIss + (minute << 24) + low;
    }

    /** The MSS that the peer had offered, or 0: not a cookie of ours, or too old. */
    int check(SocketPair pair, int peerIss, int cookie, long now) {
        int minuteNow = (int) (now / MINUTE);
        int rest = cookie - (int) hash(first, pair, 0) - peerIss;
        int age = (minuteNow - (rest >>> 24)) & 0xff;
        if (age > MAX_AGE_MINUTES) return 0;
        int minute = minuteNow - age;
        int index = (rest - (int) hash(second, pair, minute)) & MASK;
        return index < MSS.length ? MSS[index] : 0;
    }

    /** {@code timestamp}, a little older, with the options in it. */
    static int encodeOptions(int timestamp, TcpOptions peer) {
        int bits = peer.scale() < 0 ? NO_SCALE : peer.scale();
        if (peer.sackPermitted()) bits |= SACK;
        int encoded = timestamp >>> OPTION_BITS << OPTION_BITS | bits;
        return SequenceNumber.after(encoded, timestamp) ? encoded - (1 << OPTION_BITS) : encoded;
    }

    /** -1: none. */
    static int decodeScale(int echoed) {
        int scale = echoed & NO_SCALE;
        return scale == NO_SCALE ? -1 : scale;
    }

    static boolean decodeSack(int echoed) {
        return (echoed & SACK) != 0;
    }

    private static long hash(KeyedHash hash, SocketPair p, int more) {
        return hash.of(p.local(), p.localPort(), p.remote(), p.remotePort(), more);
    }
}
