package stasis.cli.boot;

import static stasis.abi.StatMode.S_IFIFO;
import static stasis.abi.StatMode.S_IFMT;
import static stasis.abi.StatMode.S_IFSOCK;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.host.Host;
import stasis.host.Nr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Reads and writes on a descriptor that was ready a moment ago, without waiting even if somebody
 * else was faster: RWF_NOWAIT leaves the open file as it is, which O_NONBLOCK would not.
 */
final class ReadyIo {
    private static final int RWF_NOWAIT = 8;
    private static final int STAT_BYTES = 144;
    private static final int ST_MODE = 24;

    /** On terminals and the like, which do not know the flag: what a ready one takes at once. */
    private static final int SMALL = 4096;

    private final int fd;

    /** Pipes and sockets; files never keep anybody waiting for long. */
    private final boolean knowsFlag;

    private final MemorySegment data;
    private final MemorySegment vector;

    ReadyIo(Arena arena, int fd, int size) {
        this.fd = fd;
        data = arena.allocate(size);
        vector = arena.allocate(JAVA_LONG, 2); // struct iovec
        vector.set(JAVA_LONG, 0, data.address());
        MemorySegment stat = arena.allocate(STAT_BYTES, 8);
        int type = Host.fstat(fd, stat.address()) == 0 ? stat.get(JAVA_INT, ST_MODE) & S_IFMT : 0;
        knowsFlag = type == S_IFIFO || type == S_IFSOCK;
    }

    /** How many bytes came, 0 at the end, or -errno. */
    long read(byte[] to, int length) {
        long n =
                knowsFlag
                        ? call(Nr.PREADV2, length)
                        : Host.read(fd, data.asSlice(0, Math.min(length, SMALL)));
        if (n > 0) MemorySegment.copy(data, JAVA_BYTE, 0, to, 0, (int) n);
        return n;
    }

    /** How many bytes went, or -errno. */
    long write(byte[] from, int length) {
        MemorySegment.copy(from, 0, data, JAVA_BYTE, 0, length);
        if (knowsFlag) return call(Nr.PWRITEV2, length);
        return Host.write(fd, data.asSlice(0, Math.min(length, SMALL)));
    }

    private long call(int nr, int length) {
        vector.set(JAVA_LONG, 8, length);
        return Host.syscall(nr, fd, vector.address(), 1, -1, -1, RWF_NOWAIT); // no offset
    }
}
