package stasis.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Host memory of one thread, for the arguments of one call at a time: two paths and a structure.
 * For threads that make path calls; platforms have their own buffers.
 */
public final class Scratch {
    /** PATH_MAX, with the final zero. */
    public static final int PATH_BYTES = 4096;

    /** Room behind the paths, large enough for any structure of a call or a buffer of entries. */
    public static final int STRUCT_BYTES = 64 * 1024;

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    private final MemorySegment paths = Arena.ofAuto().allocate(2 * PATH_BYTES, 8);
    private final MemorySegment struct = Arena.ofAuto().allocate(STRUCT_BYTES, 8);

    private Scratch() {}

    public static Scratch ofThisThread() {
        return OF_THREAD.get();
    }

    /** Writes a path and a zero; its address. Throws ENAMETOOLONG or, for a zero inside, EINVAL. */
    public long path(String path) throws HostException {
        return path(path.getBytes(StandardCharsets.UTF_8), 0);
    }

    public long path(byte[] path) throws HostException {
        return path(path, 0);
    }

    /** The second path of rename and link. */
    public long secondPath(byte[] path) throws HostException {
        return path(path, PATH_BYTES);
    }

    private long path(byte[] path, int at) throws HostException {
        if (path.length >= PATH_BYTES) throw new HostException("path", 36);
        for (byte b : path) {
            if (b == 0) throw new HostException("path", 22);
        }
        MemorySegment.copy(path, 0, paths, JAVA_BYTE, at, path.length);
        paths.set(JAVA_BYTE, at + path.length, (byte) 0);
        return paths.address() + at;
    }

    public MemorySegment struct() {
        return struct;
    }
}
