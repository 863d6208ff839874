package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EMSGSIZE;
import static stasis.abi.Errno.EPIPE;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Socket.AF_UNIX;
import static stasis.abi.Socket.MSG_CMSG_CLOEXEC;
import static stasis.abi.Socket.MSG_DONTWAIT;
import static stasis.abi.Socket.MSG_ERRQUEUE;
import static stasis.abi.Socket.MSG_MORE;
import static stasis.abi.Socket.MSG_NOSIGNAL;
import static stasis.abi.Socket.MSG_OOB;
import static stasis.abi.Socket.MSG_PEEK;
import static stasis.abi.Socket.MSG_TRUNC;
import static stasis.abi.Socket.MSG_WAITALL;
import static stasis.abi.Socket.MSG_WAITFORONE;
import static stasis.abi.Socket.SOCK_STREAM;
import static stasis.abi.Socket.UIO_MAXIOV;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Blocking;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.task.Task;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.vfs.FileDescription;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * send(2) and recv(2) with their kin.
 *
 * <pre>
 * struct msghdr                          struct mmsghdr
 * offset  size  field                    offset  size  field
 *      0     8  msg_name                      0    56  msg_hdr
 *      8     4  msg_namelen                  56     4  msg_len
 *     16     8  msg_iov                      64        sizeof
 *     24     8  msg_iovlen
 *     32     8  msg_control
 *     40     8  msg_controllen
 *     48     4  msg_flags
 *     56        sizeof
 * </pre>
 */
final class MessageSyscalls {
    private static final int MMSGHDR = 64;
    private static final int MSG_LEN = 56;

    /** More of a stream than that goes through in pieces. */
    private static final long PIECE = 1 << 18;

    /** No SO_SNDBUF allows a larger message. */
    private static final long LARGEST_MESSAGE = 64L << 20;

    private MessageSyscalls() {}

    // ---- sending ----

    /**
     * {@code ssize_t sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t)}
     */
    static long sendto(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = SocketSyscalls.file(task, args.int0());
        byte[] address =
                args.a4 == 0 ? null : SocketSyscalls.readAddress(task, args.a4, args.int5());
        IoVector from = IoVector.of(args.a1, args.a2);
        Outgoing head =
                new Outgoing(
                        MemorySegment.NULL, 0, 0, address, List.of(), PeerCredentials.real(task));
        return send(task, file, from, head, args.int3());
    }

    /** {@code ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags)} */
    static long sendmsg(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = SocketSyscalls.file(task, args.int0());
        return sendOne(task, file, args.a1, args.int2());
    }

    private static long sendOne(Task task, FileDescription file, long header, int flags)
            throws SyscallException {
        long name = task.memory().readLong(header);
        int nameLength = task.memory().readInt(header + 8);
        byte[] address =
                name == 0 || nameLength == 0
                        ? null
                        : SocketSyscalls.readAddress(task, name, nameLength);
        IoVector from = vector(task, header);
        long control = task.memory().readLong(header + 32);
        long controlLength = control == 0 ? 0 : task.memory().readLong(header + 40);
        ControlMessages.Sent sent = ControlMessages.read(task, control, controlLength);
        Outgoing head =
                new Outgoing(MemorySegment.NULL, 0, 0, address, sent.files(), sent.credentials())
                        .withControl(sent.others());
        return send(task, file, from, head, flags);
    }

    private static IoVector vector(Task task, long header) throws ErrnoException {
        long count = task.memory().readLong(header + 24);
        if (count < 0 || count > UIO_MAXIOV) throw EMSGSIZE.exception();
        return IoVector.read(task.memory(), task.memory().readLong(header + 16), count);
    }

    /** {@code int sendmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags)} */
    static long sendmmsg(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = SocketSyscalls.file(task, args.int0());
        int count = (int) Math.min(args.a2 & 0xffffffffL, UIO_MAXIOV);
        int done = 0;
        try {
            for (; done < count; done++) {
                long header = args.a1 + (long) done * MMSGHDR;
                long n = sendOne(task, file, header, args.int3());
                task.memory().writeInt(header + MSG_LEN, (int) n);
            }
        } catch (SyscallException e) {
            // Like Linux, what was sent is told; an interruption too ends the call then.
            if (done == 0) throw e;
        }
        return done;
    }

    private static long send(
            Task task, FileDescription file, IoVector from, Outgoing head, int flags)
            throws SyscallException {
        SocketFile socket = SocketSyscalls.socket(file);
        boolean stream = socket.type() == SOCK_STREAM;
        boolean waits = !file.nonBlocking() && (flags & MSG_DONTWAIT) == 0;
        if (!stream && from.length() > socket.options().sendBuffer()) {
            throw EMSGSIZE.exception();
        }
        long done = stream ? task.progress() : 0;
        try {
            do {
                long want = Math.min(PIECE, from.length() - done);
                if (!stream) want = from.length();
                MemorySegment buffer = task.buffer(Math.max(1, want));
                from.read(task.memory(), done, buffer, want);
                boolean last = done + want == from.length();
                Outgoing piece = head.with(buffer, want, done == 0);
                piece.withFlags(last ? flags : flags & ~MSG_OOB | MSG_MORE);
                done += sendPiece(task, socket, piece, waits);
            } while (stream && done < from.length());
        } catch (ErrnoException e) {
            if (done == 0) throw withSigpipe(task, e, stream, flags);
        } catch (RestartException e) {
            task.keepProgress(done);
            throw e;
        }
        return done;
    }

    private static ErrnoException withSigpipe(
            Task task, ErrnoException e, boolean stream, int flags) {
        boolean silent = !stream || (flags & MSG_NOSIGNAL) != 0;
        if (e.errno() == EPIPE && !silent) task.raiseSigpipe();
        return e;
    }

    private static long sendPiece(Task task, SocketFile socket, Outgoing piece, boolean waits)
            throws SyscallException {
        if (!waits) return socket.send(task, piece);
        long timeout = socket.options().sendTimeout();
        long deadline = task.deadline(timeout);
        try {
            return socket.send(task, piece);
        } catch (ErrnoException e) {
            if (e.errno() != EAGAIN) throw e;
        }
        return Blocking.until(
                task,
                socket.sending(task, piece),
                POLLOUT,
                deadline,
                SocketSyscalls.kind(timeout),
                () -> socket.send(task, piece));
    }

    // ---- receiving ----

    /** {@code ssize_t recvfrom(int, void *, size_t, int flags, struct sockaddr *, socklen_t *)} */
    static long recvfrom(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = SocketSyscalls.file(task, args.int0());
        IoVector to = IoVector.of(args.a1, args.a2);
        Receiving receiving = new Receiving(task, file, to, args.int3(), MonotonicClock.NEVER);
        long n = receiving.run();
        Incoming got = receiving.last();
        for (FileDescription f : got.files) f.release(task);
        SocketSyscalls.writeAddress(task, args.a4, args.a5, got.address);
        return n;
    }

    /** {@code ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags)} */
    static long recvmsg(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = SocketSyscalls.file(task, args.int0());
        return receiveOne(task, file, args.a1, args.int2(), MonotonicClock.NEVER);
    }

    private static long receiveOne(
            Task task, FileDescription file, long header, int flags, long deadline)
            throws SyscallException {
        long name = task.memory().readLong(header);
        int nameRoom = task.memory().readInt(header + 8);
        if (name != 0 && nameRoom < 0) throw EINVAL.exception();
        long control = task.memory().readLong(header + 32);
        long controlRoom = control == 0 ? 0 : task.memory().readLong(header + 40);
        Receiving receiving = new Receiving(task, file, vector(task, header), flags, deadline);
        long n = receiving.run();
        Incoming got = receiving.last();
        boolean cloexec = (flags & MSG_CMSG_CLOEXEC) != 0;
        long written;
        try {
            SocketFile socket = SocketSyscalls.socket(file);
            written = ControlMessages.write(task, socket, got, control, controlRoom, cloexec);
        } finally {
            for (FileDescription f : got.files) f.release(task);
        }
        if (name != 0) {
            SocketSyscalls.writePart(task, name, nameRoom, got.address);
            task.memory().writeInt(header + 8, got.address.length);
        }
        task.memory().writeLong(header + 40, written);
        task.memory().writeInt(header + 48, got.outFlags | (flags & MSG_CMSG_CLOEXEC));
        return n;
    }

    /**
     * {@code int recvmmsg(int, struct mmsghdr *, unsigned int vlen, int flags, struct timespec *)}.
     * Like Linux, the timeout is looked at after each message.
     */
    static long recvmmsg(Task task, SyscallArgs args) throws SyscallException {
        FileDescription file = SocketSyscalls.file(task, args.int0());
        int count = (int) Math.min(args.a2 & 0xffffffffL, UIO_MAXIOV);
        int flags = args.int3();
        long timeout = args.a4 == 0 ? -1 : TimeArgs.timespec(task, args.a4);
        long deadline = task.deadline(timeout);
        int done = 0;
        try {
            while (done < count) {
                long header = args.a1 + (long) done * MMSGHDR;
                int one = flags & ~MSG_WAITFORONE;
                long n = receiveOne(task, file, header, one, MonotonicClock.NEVER);
                task.memory().writeInt(header + MSG_LEN, (int) n);
                done++;
                if ((flags & MSG_WAITFORONE) != 0) flags |= MSG_DONTWAIT;
                if (task.monotonicClock().now() >= deadline) break;
            }
        } catch (SyscallException e) {
            // Like Linux, what was received is told; an interruption too ends the call then.
            if (done == 0) throw e;
        }
        return done;
    }

    /** One receiving: a message, or with MSG_WAITALL as much of a stream as was asked for. */
    private static final class Receiving {
        private final Task task;
        private final SocketFile socket;
        private final IoVector to;
        private final int flags;
        private final boolean waits;
        private final long deadline;
        private final long timeout;
        private Incoming last = new Incoming(MemorySegment.NULL, 0, 0, 0);

        Receiving(Task task, FileDescription file, IoVector to, int flags, long deadline)
                throws ErrnoException {
            this.task = task;
            this.socket = SocketSyscalls.socket(file);
            this.to = to;
            this.flags = flags;
            int never = MSG_DONTWAIT | MSG_OOB | MSG_ERRQUEUE;
            this.waits = !file.nonBlocking() && (flags & never) == 0;
            this.timeout = socket.options().receiveTimeout();
            this.deadline = Math.min(deadline, task.deadline(timeout));
        }

        Incoming last() {
            return last;
        }

        long run() throws SyscallException {
            if ((flags & (MSG_OOB | MSG_ERRQUEUE)) != 0) return piece(0);
            boolean stream = socket.type() == SOCK_STREAM;
            boolean all = stream && (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0;
            long done = stream ? task.progress() : 0;
            if (stream && to.length() == 0) return 0;
            try {
                do {
                    long n = piece(done);
                    done += n;
                    if (n == 0 || !last.files.isEmpty()) break;
                } while (all && done < to.length());
            } catch (ErrnoException e) {
                if (done == 0) throw e;
            } catch (RestartException e) {
                task.keepProgress(done);
                throw e;
            }
            boolean tellsAll = !stream && (flags & MSG_TRUNC) != 0;
            return tellsAll ? last.fullLength : done;
        }

        private long piece(long done) throws SyscallException {
            long want = to.length() - done;
            if (socket.type() == SOCK_STREAM) want = Math.min(want, PIECE);
            else want = Math.min(want, LARGEST_MESSAGE);
            if (!discards()) to.checkWritable(task.memory(), done, want);
            MemorySegment buffer = task.buffer(Math.max(1, want));
            Incoming in = new Incoming(buffer, 0, want, flags);
            long n = attempt(in);
            last = in;
            if (!discards()) to.write(task.memory(), done, buffer, n);
            return n;
        }

        /** tcp(7): with MSG_TRUNC bytes of a stream are thrown away. */
        private boolean discards() {
            boolean stream = socket.type() == SOCK_STREAM && socket.domain() != AF_UNIX;
            return stream && (flags & (MSG_TRUNC | MSG_OOB)) == MSG_TRUNC;
        }

        private long attempt(Incoming in) throws SyscallException {
            if (!waits) return socket.receive(task, in);
            return Blocking.until(
                    task,
                    socket,
                    POLLIN,
                    deadline,
                    SocketSyscalls.kind(timeout),
                    () -> socket.receive(task, in));
        }
    }
}
