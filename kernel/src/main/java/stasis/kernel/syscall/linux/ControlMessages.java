package stasis.kernel.syscall.linux;

import static stasis.abi.Capability.CAP_SETGID;
import static stasis.abi.Capability.CAP_SETUID;
import static stasis.abi.Capability.CAP_SYS_ADMIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOBUFS;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Socket.MSG_CTRUNC;
import static stasis.abi.Socket.SCM_CREDENTIALS;
import static stasis.abi.Socket.SCM_RIGHTS;
import static stasis.abi.Socket.SOL_SOCKET;
import static stasis.abi.Socket.SO_PASSCRED;

import stasis.abi.ErrnoException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.socket.ControlMessage;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What travels beside the bytes of a message, cmsg(3).
 *
 * <pre>
 * struct cmsghdr
 * offset  size  field
 *      0     8  cmsg_len     with this header
 *      8     4  cmsg_level
 *     12     4  cmsg_type
 *     16        data; the next header at a multiple of 8
 * </pre>
 */
final class ControlMessages {
    private static final int HEADER = 16;

    /** Like Linux's SCM_MAX_FD. */
    private static final int MAX_FILES = 253;

    /** net.core.optmem_max. */
    private static final int MAX_LENGTH = 131072;

    /** What a sender gave. */
    record Sent(
            List<FileDescription> files,
            PeerCredentials credentials,
            List<ControlMessage> others) {}

    private ControlMessages() {}

    static Sent read(Task task, long addr, long length) throws ErrnoException {
        List<FileDescription> files = new ArrayList<>();
        List<ControlMessage> others = new ArrayList<>(0);
        PeerCredentials credentials = PeerCredentials.real(task);
        if (length > MAX_LENGTH || length < 0) throw ENOBUFS.exception();
        ByteBuffer all = ByteBuffer.wrap(task.memory().readBytes(addr, (int) length));
        all.order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (all.capacity() - at >= HEADER) {
            long size = all.getLong(at);
            if (size < HEADER || size > all.capacity() - at) throw EINVAL.exception();
            int dataLength = (int) size - HEADER;
            if (all.getInt(at + 8) == SOL_SOCKET) {
                ByteBuffer data = all.slice(at + HEADER, dataLength);
                data.order(ByteOrder.LITTLE_ENDIAN);
                switch (all.getInt(at + 12)) {
                    case SCM_RIGHTS -> addFiles(task, data, files);
                    case SCM_CREDENTIALS -> credentials = credentials(task, data);
                    default -> throw EINVAL.exception();
                }
            } else {
                byte[] data = new byte[dataLength];
                all.get(at + HEADER, data);
                others.add(new ControlMessage(all.getInt(at + 8), all.getInt(at + 12), data));
            }
            at += (int) (size + 7) & ~7;
        }
        return new Sent(files, credentials, others);
    }

    private static void addFiles(Task task, ByteBuffer data, List<FileDescription> files)
            throws ErrnoException {
        int count = data.remaining() / 4;
        if (files.size() + count > MAX_FILES) throw EINVAL.exception();
        for (int i = 0; i < count; i++) files.add(task.fdTable().get(data.getInt()));
    }

    /** Who does not tell the truth needs the right to, unix(7). */
    private static PeerCredentials credentials(Task task, ByteBuffer data) throws ErrnoException {
        if (data.remaining() != PeerCredentials.BYTES) throw EINVAL.exception();
        PeerCredentials told = new PeerCredentials(data.getInt(), data.getInt(), data.getInt());
        Credentials real = task.credentials();
        boolean uid =
                told.uid() == real.uid()
                        || told.uid() == real.euid()
                        || told.uid() == real.suid()
                        || real.has(CAP_SETUID);
        boolean gid =
                told.gid() == real.gid()
                        || told.gid() == real.egid()
                        || told.gid() == real.sgid()
                        || real.has(CAP_SETGID);
        boolean pid = told.pid() == task.pid() || real.has(CAP_SYS_ADMIN);
        if (!uid || !gid || !pid) throw EPERM.exception();
        return told;
    }

    /**
     * Writes what came with a message; descriptors that do not fit are closed, recvmsg(2).
     *
     * @return bytes written
     */
    static long write(
            Task task, SocketFile socket, Incoming in, long addr, long room, boolean cloexec)
            throws ErrnoException {
        long done = 0;
        PeerCredentials who = in.credentials;
        if (socket.options().isOn(SO_PASSCRED) && who != null) {
            done = writeCredentials(task, in, who, addr, room);
        }
        for (ControlMessage m : in.control) done += writeOne(task, in, m, addr + done, room - done);
        if (!in.files.isEmpty()) {
            done += writeFiles(task, in, addr + done, room - done, cloexec);
        }
        return done;
    }

    /** Linux: put_cmsg. What does not fit is cut off, with its length as if it did. */
    private static long writeOne(Task task, Incoming in, ControlMessage m, long addr, long room)
            throws ErrnoException {
        long length = (long) HEADER + m.data().length;
        if (room < HEADER) {
            in.outFlags |= MSG_CTRUNC;
            return 0;
        }
        if (room < length) {
            in.outFlags |= MSG_CTRUNC;
            length = room;
        }
        header(task, addr, length, m.level(), m.type());
        byte[] data = java.util.Arrays.copyOf(m.data(), (int) length - HEADER);
        task.memory().writeBytes(addr + HEADER, data);
        return Math.min(room, (length + 7) & ~7);
    }

    private static void header(Task task, long addr, long length, int level, int type)
            throws ErrnoException {
        task.memory().writeLong(addr, length);
        task.memory().writeInt(addr + 8, level);
        task.memory().writeInt(addr + 12, type);
    }

    private static long writeCredentials(
            Task task, Incoming in, PeerCredentials who, long addr, long room)
            throws ErrnoException {
        if (room < HEADER + PeerCredentials.BYTES) {
            in.outFlags |= MSG_CTRUNC;
            return 0;
        }
        header(task, addr, HEADER + PeerCredentials.BYTES, SOL_SOCKET, SCM_CREDENTIALS);
        task.memory().writeInt(addr + HEADER, who.pid());
        task.memory().writeInt(addr + HEADER + 4, who.uid());
        task.memory().writeInt(addr + HEADER + 8, who.gid());
        return Math.min(room, HEADER + PeerCredentials.BYTES + 4);
    }

    private static long writeFiles(Task task, Incoming in, long addr, long room, boolean cloexec)
            throws ErrnoException {
        List<FileDescription> files = in.files;
        in.files = List.of();
        int fits = Math.clamp((room - HEADER) / 4, 0, files.size());
        int installed = 0;
        try {
            while (installed < fits) {
                long place = addr + HEADER + 4L * installed;
                if (!install(task, files.get(installed), place, cloexec)) break;
                installed++;
            }
        } finally {
            for (FileDescription f : files) f.release(task);
        }
        if (installed < files.size()) in.outFlags |= MSG_CTRUNC;
        if (installed == 0) return 0;
        long length = HEADER + 4L * installed;
        header(task, addr, length, SOL_SOCKET, SCM_RIGHTS);
        return Math.min(room, (length + 7) & ~7);
    }

    /** False if there is no descriptor for it: like Linux, that counts as cut off. */
    private static boolean install(Task task, FileDescription file, long addr, boolean cloexec)
            throws ErrnoException {
        int fd;
        try {
            fd = task.fdTable().install(task, file.acquire(), 0, cloexec);
        } catch (ErrnoException e) {
            file.release(task);
            return false;
        }
        try {
            task.memory().writeInt(addr, fd);
            return true;
        } catch (ErrnoException e) {
            task.fdTable().close(task, fd);
            throw e;
        }
    }
}
