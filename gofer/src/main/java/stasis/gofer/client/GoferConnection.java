package stasis.gofer.client;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.gofer.protocol.Attributes;
import stasis.gofer.protocol.Buffer;
import stasis.gofer.protocol.MessageSocket;
import stasis.gofer.protocol.P9;
import stasis.gofer.protocol.ProtocolException;
import stasis.gofer.protocol.Qid;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client of 9P2000.L: one request at a time, any thread. A connection that is lost or talks
 * nonsense makes every later request fail with EIO.
 */
public final class GoferConnection implements AutoCloseable {
    private final MessageSocket socket;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}, like all that follows. */
    private final Buffer out = new Buffer(P9.MSIZE);

    private final Buffer in = new Buffer(P9.MSIZE);
    private final Deque<Integer> freeFids = new ArrayDeque<>();
    private int nextFid;
    private boolean broken;

    /** The server is ours: it answers one request after the other. */
    private boolean inOrder;

    /** Largest message that the server takes and sends. */
    private int msize = P9.MSIZE;

    /** Takes over the socket and agrees on a version. */
    public GoferConnection(MessageSocket socket) throws ErrnoException {
        this.socket = socket;
        lock.lock();
        try {
            version(P9.VERSION_WITH_FDS);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A server that does not know our extension says so, or fails; then the plain version counts.
     */
    private void version(String wanted) throws ErrnoException {
        out.start(P9.TVERSION, P9.NOTAG).u32(P9.MSIZE).string(wanted);
        String answered;
        try {
            Answer a = call(P9.TVERSION);
            msize = a.take(b -> Math.clamp(b.u32(), 4096, P9.MSIZE));
            answered = a.take(Buffer::string);
        } catch (ErrnoException e) {
            if (broken || wanted.equals(P9.VERSION)) throw e;
            answered = "unknown";
        }
        inOrder = answered.equals(P9.VERSION_WITH_FDS);
        if (answered.equals(wanted) || answered.equals(P9.VERSION)) return;
        if (wanted.equals(P9.VERSION)) throw broken();
        version(P9.VERSION);
    }

    // ---- the exchange

    private interface Parse<T> {
        T from(Buffer b) throws ProtocolException;
    }

    /** The reply that lies in {@link #in}. */
    private final class Answer {
        <T> T take(Parse<T> parse) throws ErrnoException {
            try {
                return parse.from(in);
            } catch (ProtocolException e) {
                throw broken();
            }
        }
    }

    private final Answer answer = new Answer();

    private ErrnoException broken() {
        broken = true;
        return Errno.EIO.exception();
    }

    /** Sends {@link #out}, waits for the reply of type {@code request + 1}. */
    private Answer call(int request) throws ErrnoException {
        send();
        return reply(request);
    }

    private void send() throws ErrnoException {
        if (broken) throw Errno.EIO.exception();
        try {
            socket.send(out);
        } catch (HostException e) {
            throw broken();
        }
    }

    private Answer reply(int request) throws ErrnoException {
        int error;
        try {
            if (!socket.receive(in)) throw broken();
            int type = in.u8();
            in.u16();
            if (type == request + 1) return answer;
            if (type != P9.RLERROR) throw broken();
            error = in.u32();
        } catch (HostException | ProtocolException e) {
            throw broken();
        }
        Errno errno = Errno.of(error);
        throw (errno == null ? Errno.EIO : errno).exception();
    }

    private Buffer start(int type) {
        return out.start(type, 0);
    }

    private int newFid() {
        Integer free = freeFids.poll();
        return free != null ? free : nextFid++;
    }

    // ---- fids

    /** The top of an export. */
    public int attach(String export) throws ErrnoException {
        lock.lock();
        try {
            int fid = newFid();
            start(P9.TATTACH).u32(fid).u32(P9.NOFID).string("").string(export).u32(0);
            call(P9.TATTACH).take(Buffer::qid);
            return fid;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A new fid for {@code names} below {@code fid}; at most 16 names. ENOENT if one is missing.
     */
    public int walk(int fid, List<String> names) throws ErrnoException {
        lock.lock();
        try {
            int fresh = newFid();
            start(P9.TWALK).u32(fid).u32(fresh).u16(names.size());
            for (String n : names) out.string(n);
            int found;
            try {
                found = call(P9.TWALK).take(Buffer::u16);
            } catch (ErrnoException e) {
                freeFids.add(fresh);
                throw e;
            }
            if (found == names.size()) return fresh;
            freeFids.add(fresh);
            throw Errno.ENOENT.exception();
        } finally {
            lock.unlock();
        }
    }

    /** Gives a fid back; errors do not matter. */
    public void clunk(int fid) {
        lock.lock();
        try {
            start(P9.TCLUNK).u32(fid);
            call(P9.TCLUNK);
            freeFids.add(fid);
        } catch (ErrnoException e) {
            // The number is simply not used again.
        } finally {
            lock.unlock();
        }
    }

    // ---- files

    /** What getattr says, with the identity. */
    public record Stat(Qid qid, Attributes attributes) {}

    public Stat getattr(int fid) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TGETATTR).u32(fid).u64(P9.GETATTR_ALL);
            return call(P9.TGETATTR).take(GoferConnection::stat);
        } finally {
            lock.unlock();
        }
    }

    /** What {@link #find} has found, with a fid of its own. */
    public record Found(int fid, Stat stat) {}

    /** {@link #walk} and {@link #getattr} of one name, in one exchange if the server allows it. */
    public Found find(int dir, String name) throws ErrnoException {
        lock.lock();
        try {
            return inOrder ? findAtOnce(dir, name) : findInTwo(dir, name);
        } finally {
            lock.unlock();
        }
    }

    private Found findInTwo(int dir, String name) throws ErrnoException {
        int fid = walk(dir, List.of(name));
        try {
            return new Found(fid, getattr(fid));
        } catch (ErrnoException e) {
            clunk(fid);
            throw e;
        }
    }

    /** The second request fails if the first one did: it knows no such fid. */
    private Found findAtOnce(int dir, String name) throws ErrnoException {
        int fid = newFid();
        start(P9.TWALK).u32(dir).u32(fid).u16(1).string(name);
        send();
        start(P9.TGETATTR).u32(fid).u64(P9.GETATTR_ALL);
        send();
        ErrnoException missing = null;
        try {
            if (reply(P9.TWALK).take(Buffer::u16) != 1) missing = Errno.ENOENT.exception();
        } catch (ErrnoException e) {
            missing = e;
        }
        Stat stat;
        try {
            stat = reply(P9.TGETATTR).take(GoferConnection::stat);
        } catch (ErrnoException e) {
            if (missing == null) clunk(fid);
            else freeFids.add(fid);
            throw missing == null || broken ? e : missing;
        }
        if (missing != null) throw broken();
        return new Found(fid, stat);
    }

    private static Stat stat(Buffer b) throws ProtocolException {
        b.u64();
        Qid qid = b.qid();
        int mode = b.u32();
        int uid = b.u32();
        int gid = b.u32();
        Attributes a =
                new Attributes(
                        mode, uid, gid, b.u64(), b.u64(), b.u64(), b.u64(), b.u64(), b.time(),
                        b.time(), b.time());
        return new Stat(qid, a);
    }

    /** Opens what {@code fid} stands for; the file has a fid of its own. */
    public GoferFile open(int fid, int flags) throws ErrnoException {
        int own = walk(fid, List.of());
        lock.lock();
        try {
            start(P9.TLOPEN).u32(own).u32(flags);
            call(P9.TLOPEN);
            return new GoferFile(this, own, takeDescriptor());
        } catch (ErrnoException e) {
            clunk(own);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable HostFd takeDescriptor() {
        HostFd[] fds = socket.takeDescriptors();
        for (int i = 1; i < fds.length; i++) fds[i].close();
        return fds.length == 0 ? null : fds[0];
    }

    /** Makes a regular file, which must not exist, and opens it. */
    public GoferFile create(int dir, String name, int flags, int mode) throws ErrnoException {
        int own = walk(dir, List.of());
        lock.lock();
        try {
            start(P9.TLCREATE).u32(own).string(name).u32(flags).u32(mode).u32(0);
            call(P9.TLCREATE);
            return new GoferFile(this, own, takeDescriptor());
        } catch (ErrnoException e) {
            clunk(own);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that one Tread or Twrite may carry. */
    int maxIo() {
        return msize - 64;
    }

    long read(int fid, MemorySegment to, long at, int length, long offset) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TREAD).u32(fid).u64(offset).u32(length);
            int n = call(P9.TREAD).take(Buffer::dataLength);
            if (n > length) throw broken();
            MemorySegment.copy(in.bytes(), in.position(), to, at, n);
            return n;
        } finally {
            lock.unlock();
        }
    }

    long write(int fid, MemorySegment from, long at, int length, long offset)
            throws ErrnoException {
        lock.lock();
        try {
            start(P9.TWRITE).u32(fid).u64(offset).data(from, at, length);
            int n = call(P9.TWRITE).take(Buffer::u32);
            if (n < 0 || n > length) throw broken();
            return n;
        } finally {
            lock.unlock();
        }
    }

    void fsync(int fid) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TFSYNC).u32(fid).u32(0);
            call(P9.TFSYNC);
        } finally {
            lock.unlock();
        }
    }

    // ---- directories

    /**
     * An entry of a directory.
     *
     * @param next cookie of the entry behind it
     * @param type DT_*
     */
    public record Entry(long next, int type, String name) {}

    /** All entries of a directory, "." and ".." included. */
    public List<Entry> list(int fid) throws ErrnoException {
        List<Entry> all = new ArrayList<>();
        try (GoferFile open = open(fid, stasis.abi.Fcntl.O_DIRECTORY)) {
            long offset = 0;
            for (; ; ) {
                List<Entry> some = readdir(open.fid(), offset);
                if (some.isEmpty()) return all;
                all.addAll(some);
                offset = some.getLast().next();
            }
        }
    }

    private List<Entry> readdir(int fid, long offset) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TREADDIR).u32(fid).u64(offset).u32(maxIo());
            return call(P9.TREADDIR)
                    .take(
                            b -> {
                                List<Entry> list = new ArrayList<>();
                                int end = b.dataLength();
                                end += b.position();
                                while (b.position() < end) {
                                    b.qid();
                                    long next = b.u64();
                                    list.add(new Entry(next, b.u8(), b.string()));
                                }
                                return list;
                            });
        } finally {
            lock.unlock();
        }
    }

    public String readlink(int fid) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TREADLINK).u32(fid);
            return call(P9.TREADLINK).take(Buffer::string);
        } finally {
            lock.unlock();
        }
    }

    public void mkdir(int dir, String name, int mode) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TMKDIR).u32(dir).string(name).u32(mode).u32(0);
            call(P9.TMKDIR);
        } finally {
            lock.unlock();
        }
    }

    public void mknod(int dir, String name, int mode) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TMKNOD).u32(dir).string(name).u32(mode).u32(0).u32(0).u32(0);
            call(P9.TMKNOD);
        } finally {
            lock.unlock();
        }
    }

    public void symlink(int dir, String name, String target) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TSYMLINK).u32(dir).string(name).string(target).u32(0);
            call(P9.TSYMLINK);
        } finally {
            lock.unlock();
        }
    }

    public void link(int dir, int target, String name) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TLINK).u32(dir).u32(target).string(name);
            call(P9.TLINK);
        } finally {
            lock.unlock();
        }
    }

    /**
     * @param directory as rmdir(2)
     */
    public void unlink(int dir, String name, boolean directory) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TUNLINKAT).u32(dir).string(name).u32(directory ? 0x200 : 0);
            call(P9.TUNLINKAT);
        } finally {
            lock.unlock();
        }
    }

    public void rename(int fromDir, String oldName, int toDir, String newName)
            throws ErrnoException {
        lock.lock();
        try {
            start(P9.TRENAMEAT).u32(fromDir).string(oldName).u32(toDir).string(newName);
            call(P9.TRENAMEAT);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EOPNOTSUPP) throw e;
            renameByFid(fromDir, oldName, toDir, newName);
        } finally {
            lock.unlock();
        }
    }

    /** The older request, for servers without Trenameat. */
    private void renameByFid(int fromDir, String oldName, int toDir, String newName)
            throws ErrnoException {
        int fid = walk(fromDir, List.of(oldName));
        try {
            start(P9.TRENAME).u32(fid).u32(toDir).string(newName);
            call(P9.TRENAME);
        } finally {
            clunk(fid);
        }
    }

    /**
     * @param valid SETATTR_* of {@link P9}
     */
    public void setattr(
            int fid, int valid, int mode, int uid, int gid, long size, long atime, long mtime)
            throws ErrnoException {
        lock.lock();
        try {
            start(P9.TSETATTR).u32(fid).u32(valid).u32(mode).u32(uid).u32(gid).u64(size);
            out.time(atime).time(mtime);
            call(P9.TSETATTR);
        } finally {
            lock.unlock();
        }
    }

    /** Rstatfs: type, block size, blocks, free, available, files, free files, id, name length. */
    public long[] statfs(int fid) throws ErrnoException {
        lock.lock();
        try {
            start(P9.TSTATFS).u32(fid);
            return call(P9.TSTATFS)
                    .take(
                            b ->
                                    new long[] {
                                        b.u32() & 0xffffffffL,
                                        b.u32(),
                                        b.u64(),
                                        b.u64(),
                                        b.u64(),
                                        b.u64(),
                                        b.u64(),
                                        b.u64(),
                                        b.u32()
                                    });
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            broken = true;
            socket.close();
        } finally {
            lock.unlock();
        }
    }
}
