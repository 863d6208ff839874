package stasis.net.tcp;

import stasis.net.IpAddress;
import stasis.state.Saved;

/** SipHash with a key of this stack: what others cannot guess about pairs of sockets. */
@Saved("net.KeyedHash")
final class KeyedHash {
    private long key0;
    private long key1;

    private KeyedHash() {}

    KeyedHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** SipHash-2-4: for secrets. */
    long of(IpAddress local, int localPort, IpAddress remote, int remotePort, int more) {
        return hash(
                local.high(),
                local.low(),
                remote.high(),
                remote.low(),
                (long) localPort << 48 | (long) remotePort << 32 | more & 0xffffffffL,
                2,
                4);
    }

    /** SipHash-1-3: for tables. */
    long quick(long localHigh, long localLow, long remoteHigh, long remoteLow, int ports) {
        return hash(localHigh, localLow, remoteHigh, remoteLow, ports, 1, 3);
    }

    private long hash(long a, long b, long c, long d, long e, int rounds, int last) {
        long v0 = key0 ^ 0x736f6d6570736575L;
        long v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L;
        long v3 = key1 ^ 0x7465646279746573L;
        for (int i = 0; i < 6; i++) {
            long word =
                    switch (i) {
                        case 0 -> a;
                        case 1 -> b;
                        case 2 -> c;
                        case 3 -> d;
                        case 4 -> e;
                        default -> 40L << 56;
                    };
            v3 ^= word;
            int n = rounds;
            while (n-- > 0) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        v2 ^= 0xff;
        while (last-- > 0) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
