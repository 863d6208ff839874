package stasis.gofer.server;

import static stasis.abi.Fcntl.AT_EMPTY_PATH;
import static stasis.abi.Fcntl.O_CLOEXEC;
import static stasis.abi.Fcntl.O_NOFOLLOW;
import static stasis.abi.Fcntl.O_PATH;
import static stasis.abi.Fcntl.RESOLVE_BENEATH;
import static stasis.abi.Fcntl.RESOLVE_NO_MAGICLINKS;
import static stasis.abi.Fcntl.RESOLVE_NO_SYMLINKS;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import stasis.gofer.protocol.Attributes;
import stasis.gofer.protocol.P9;
import stasis.gofer.protocol.Qid;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Scratch;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Host calls that cannot leave a directory: every one is relative to a descriptor. */
final class HostFiles {
    /** Nothing outside, no symbolic link on the way, none of /proc's links that jump. */
    static final long CONFINED = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int S_IFMT = 0xf000;
    private static final int S_IFDIR = 0x4000;
    private static final int S_IFLNK = 0xa000;
    private static final long NANOS = 1_000_000_000L;

    private HostFiles() {}

    static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** openat2(2), confined to {@code dir}. */
    static HostFd open(HostFd dir, String path, long flags, int mode) throws HostException {
        Scratch s = Scratch.ofThisThread();
        long create = flags & (stasis.abi.Fcntl.O_CREAT | stasis.abi.Fcntl.O_TMPFILE);
        long fd =
                Host.openat2(
                        dir.number(),
                        s.path(bytes(path)),
                        flags | O_CLOEXEC,
                        create != 0 ? mode & 07777 : 0,
                        CONFINED);
        return new HostFd((int) HostException.check(fd, "openat2"));
    }

    /** A place without opening what is there: works for every kind of file. */
    static HostFd place(HostFd dir, String path) throws HostException {
        return open(dir, path, O_PATH | O_NOFOLLOW, 0);
    }

    /** Identity and attributes by statx(2). */
    record Status(Attributes attributes, Qid qid) {
        boolean isRegular() {
            return (attributes.mode() & S_IFMT) == 0x8000;
        }

        boolean isDirectory() {
            return (attributes.mode() & S_IFMT) == S_IFDIR;
        }
    }

    static Status status(HostFd fd) throws HostException {
        Scratch s = Scratch.ofThisThread();
        MemorySegment x = s.struct();
        long path = s.path(new byte[0]);
        long r = Host.statx(fd.number(), path, AT_EMPTY_PATH, STATX_BASIC_STATS, x.address());
        HostException.check(r, "statx");
        int mode = x.get(JAVA_SHORT, 28) & 0xffff;
        long ino = x.get(JAVA_LONG, 32);
        long device = device(x.get(JAVA_INT, 136), x.get(JAVA_INT, 140));
        Attributes a =
                new Attributes(
                        mode,
                        x.get(JAVA_INT, 20),
                        x.get(JAVA_INT, 24),
                        x.get(JAVA_INT, 16) & 0xffffffffL,
                        device(x.get(JAVA_INT, 128), x.get(JAVA_INT, 132)),
                        x.get(JAVA_LONG, 40),
                        x.get(JAVA_INT, 4) & 0xffffffffL,
                        x.get(JAVA_LONG, 48),
                        time(x, 64),
                        time(x, 112),
                        time(x, 96));
        return new Status(a, new Qid(qidType(mode), 0, ino ^ device << 40));
    }

    private static long time(MemorySegment x, long at) {
        return x.get(JAVA_LONG, at) * NANOS + (x.get(JAVA_INT, at + 8) & 0xffffffffL);
    }

    /** makedev(3). */
    private static long device(int major, int minor) {
        return (minor & 0xffL)
                | (major & 0xfffL) << 8
                | (minor & ~0xffL) << 12
                | (major & ~0xfffL) << 32;
    }

    static int qidType(int mode) {
        return switch (mode & S_IFMT) {
            case S_IFDIR -> P9.QTDIR;
            case S_IFLNK -> P9.QTSYMLINK;
            default -> 0;
        };
    }
}
