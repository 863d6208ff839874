package stasis.gofer.client;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.host.Host;
import stasis.host.HostFd;

import java.lang.foreign.MemorySegment;

/**
 * An open regular file: read and written directly if its descriptor was passed, else by messages.
 */
public final class GoferFile implements AutoCloseable {
    private final GoferConnection connection;
    private final int fid;
    private final @Nullable HostFd fd;

    GoferFile(GoferConnection connection, int fid, @Nullable HostFd fd) {
        this.connection = connection;
        this.fid = fid;
        this.fd = fd;
    }

    /** Up to {@code length} bytes; fewer only at the end of the file. */
    public long read(MemorySegment to, long at, long length, long offset) throws ErrnoException {
        long done = 0;
        while (done < length) {
            long n = readOnce(to, at + done, length - done, offset + done);
            if (n == 0) break;
            done += n;
        }
        return done;
    }

    private long readOnce(MemorySegment to, long at, long length, long offset)
            throws ErrnoException {
        HostFd direct = fd;
        if (direct == null) {
            return connection.read(fid, to, at, (int) Math.min(length, connection.maxIo()), offset);
        }
        MemorySegment target = to.isNative() ? to.asSlice(at, length) : null;
        if (target == null) throw new IllegalArgumentException("buffer is not native");
        return check(Host.pread(direct.number(), target, offset));
    }

    public long write(MemorySegment from, long at, long length, long offset) throws ErrnoException {
        HostFd direct = fd;
        if (direct == null) {
            return connection.write(
                    fid, from, at, (int) Math.min(length, connection.maxIo()), offset);
        }
        return check(Host.pwrite(direct.number(), from.asSlice(at, length), offset));
    }

    static long check(long result) throws ErrnoException {
        if (!Host.failed(result)) return result;
        Errno errno = Errno.of((int) -result);
        throw (errno == null ? Errno.EIO : errno).exception();
    }

    int fid() {
        return fid;
    }

    public void sync() throws ErrnoException {
        connection.fsync(fid);
    }

    @Override
    public void close() {
        if (fd != null) fd.close();
        connection.clunk(fid);
    }
}
