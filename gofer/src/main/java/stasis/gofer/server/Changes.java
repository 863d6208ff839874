package stasis.gofer.server;

import static stasis.abi.Fcntl.AT_EMPTY_PATH;
import static stasis.abi.Fcntl.O_NOFOLLOW;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_WRONLY;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.gofer.protocol.Buffer;
import stasis.gofer.protocol.P9;
import stasis.gofer.protocol.ProtocolException;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.host.Scratch;

import java.lang.foreign.MemorySegment;

/** Requests that change something; refused on read-only exports. */
final class Changes {
    private static final int EROFS = 30;
    private static final int EXDEV = 18;
    private static final int MKDIRAT = 258;
    private static final int MKNODAT = 259;
    private static final int FCHOWNAT = 260;
    private static final int UNLINKAT = 263;
    private static final int LINKAT = 265;
    private static final int SYMLINKAT = 266;
    private static final int UTIMENSAT = 280;
    private static final int RENAMEAT2 = 316;
    private static final int FCHMOD = 91;
    private static final int RENAME_NOREPLACE = 1;
    private static final int AT_REMOVEDIR = 0x200;
    private static final long UTIME_NOW = 0x3fffffff;
    private static final long UTIME_OMIT = 0x3ffffffe;
    private static final long NANOS = 1_000_000_000L;

    private final FidTable fids;

    Changes(FidTable fids) {
        this.fids = fids;
    }

    private Fid writable(int number) throws HostException {
        Fid fid = fids.get(number);
        if (fid.export.readOnly()) throw new HostException("read-only export", EROFS);
        return fid;
    }

    /** False if there is no such request. */
    boolean handle(int type, Buffer in, Buffer out) throws HostException, ProtocolException {
        switch (type) {
            case P9.TWRITE -> write(in, out);
            case P9.TSETATTR -> setattr(in);
            case P9.TMKDIR -> mkdir(in, out);
            case P9.TMKNOD -> mknod(in, out);
            case P9.TSYMLINK -> symlink(in, out);
            case P9.TLINK -> link(in);
            case P9.TUNLINKAT -> unlinkat(in);
            case P9.TRENAMEAT -> renameat(in);
            case P9.TRENAME -> rename(in);
            case P9.TREMOVE -> remove(in);
            case P9.TFSYNC -> fsync(in);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void write(Buffer in, Buffer out) throws HostException, ProtocolException {
        Fid fid = writable(in.u32());
        long offset = in.u64();
        int length = in.dataLength();
        MemorySegment from = in.bytes().asSlice(in.position(), length);
        long n = Host.pwrite(Requests.requireOpen(fid).number(), from, offset);
        out.u32((int) HostException.check(n, "pwrite"));
    }

    private void setattr(Buffer in) throws HostException, ProtocolException {
        Fid fid = writable(in.u32());
        int valid = in.u32();
        int mode = in.u32();
        int uid = in.u32();
        int gid = in.u32();
        long size = in.u64();
        long atime = in.time();
        long mtime = in.time();
        if ((valid & (P9.SETATTR_UID | P9.SETATTR_GID)) != 0) chown(fid, valid, uid, gid);
        if ((valid & P9.SETATTR_MODE) != 0) chmod(fid, mode);
        if ((valid & P9.SETATTR_SIZE) != 0) truncate(fid, size);
        if ((valid & (P9.SETATTR_ATIME | P9.SETATTR_MTIME)) != 0) utimes(fid, valid, atime, mtime);
    }

    private static void chown(Fid fid, int valid, int uid, int gid) throws HostException {
        long path = Scratch.ofThisThread().path(new byte[0]);
        long u = (valid & P9.SETATTR_UID) != 0 ? uid : -1;
        long g = (valid & P9.SETATTR_GID) != 0 ? gid : -1;
        long r = Host.syscall(FCHOWNAT, fid.place.number(), path, u, g, AT_EMPTY_PATH, 0);
        HostException.check(r, "fchownat");
    }

    private static void chmod(Fid fid, int mode) throws HostException {
        try (HostFd fd = Requests.reopen(fid, O_RDONLY, HostFiles.status(fid.place))) {
            HostException.check(Host.syscall(FCHMOD, fd.number(), mode & 07777, 0), "fchmod");
        }
    }

    private static void truncate(Fid fid, long size) throws HostException {
        try (HostFd fd = Requests.reopen(fid, O_WRONLY | O_NOFOLLOW, HostFiles.status(fid.place))) {
            HostException.check(Host.syscall(Nr.FTRUNCATE, fd.number(), size, 0), "ftruncate");
        }
    }

    private static void utimes(Fid fid, int valid, long atime, long mtime) throws HostException {
        Scratch s = Scratch.ofThisThread();
        MemorySegment t = s.struct();
        put(t, 0, valid, P9.SETATTR_ATIME, P9.SETATTR_ATIME_SET, atime);
        put(t, 16, valid, P9.SETATTR_MTIME, P9.SETATTR_MTIME_SET, mtime);
        long path = s.path(new byte[0]);
        long r =
                Host.syscall(UTIMENSAT, fid.place.number(), path, t.address(), AT_EMPTY_PATH, 0, 0);
        HostException.check(r, "utimensat");
    }

    private static void put(MemorySegment t, long at, int valid, int change, int set, long nanos) {
        t.set(JAVA_LONG, at, Math.floorDiv(nanos, NANOS));
        long rest = Math.floorMod(nanos, NANOS);
        if ((valid & change) == 0) rest = UTIME_OMIT;
        else if ((valid & set) == 0) rest = UTIME_NOW;
        t.set(JAVA_LONG, at + 8, rest);
    }

    // ---- names

    private static void putChild(Fid dir, String name, Buffer out) throws HostException {
        try (HostFd child = HostFiles.place(dir.place, name)) {
            out.qid(HostFiles.status(child).qid());
        }
    }

    private static long path(String name) throws HostException {
        return Scratch.ofThisThread().path(HostFiles.bytes(name));
    }

    private void mkdir(Buffer in, Buffer out) throws HostException, ProtocolException {
        Fid dir = writable(in.u32());
        String name = in.string();
        int mode = in.u32();
        Requests.checkName(name);
        long r = Host.syscall(MKDIRAT, dir.place.number(), path(name), mode & 07777);
        HostException.check(r, "mkdirat");
        putChild(dir, name, out);
    }

    /** Unlike what the protocol allows, no devices: a sandbox makes none on the host. */
    private void mknod(Buffer in, Buffer out) throws HostException, ProtocolException {
        Fid dir = writable(in.u32());
        String name = in.string();
        int mode = in.u32();
        in.u32();
        in.u32();
        Requests.checkName(name);
        int type = mode & 0xf000;
        if (type == 0x2000 || type == 0x6000) throw new HostException("mknod of a device", 1);
        long r = Host.syscall(MKNODAT, dir.place.number(), path(name), mode & 0xffff, 0, 0, 0);
        HostException.check(r, "mknodat");
        putChild(dir, name, out);
    }

    private void symlink(Buffer in, Buffer out) throws HostException, ProtocolException {
        Fid dir = writable(in.u32());
        String name = in.string();
        String target = in.string();
        Requests.checkName(name);
        Scratch s = Scratch.ofThisThread();
        long from = s.path(HostFiles.bytes(target));
        long to = s.secondPath(HostFiles.bytes(name));
        HostException.check(Host.syscall(SYMLINKAT, from, dir.place.number(), to), "symlinkat");
        putChild(dir, name, out);
    }

    private void link(Buffer in) throws HostException, ProtocolException {
        Fid dir = writable(in.u32());
        Fid target = fids.get(in.u32());
        String name = in.string();
        Requests.checkName(name);
        if (target.isTop() || target.export != dir.export) throw new HostException("link", EXDEV);
        Scratch s = Scratch.ofThisThread();
        String last = target.names.getLast();
        try (HostFd parent = parentOf(target)) {
            long from = s.path(HostFiles.bytes(last));
            long to = s.secondPath(HostFiles.bytes(name));
            long r = Host.syscall(LINKAT, parent.number(), from, dir.place.number(), to, 0, 0);
            HostException.check(r, "linkat");
        }
    }

    private static HostFd parentOf(Fid fid) throws HostException {
        String path = String.join("/", fid.names.subList(0, fid.names.size() - 1));
        return HostFiles.place(fid.export.root(), path.isEmpty() ? "." : path);
    }

    private void unlinkat(Buffer in) throws HostException, ProtocolException {
        Fid dir = writable(in.u32());
        String name = in.string();
        int flags = in.u32() & AT_REMOVEDIR;
        Requests.checkName(name);
        long r = Host.syscall(UNLINKAT, dir.place.number(), path(name), flags);
        HostException.check(r, "unlinkat");
    }

    private void remove(Buffer in) throws HostException, ProtocolException {
        int number = in.u32();
        Fid fid = writable(number);
        try (HostFd parent = parentOf(fid)) {
            int flags = HostFiles.status(fid.place).isDirectory() ? AT_REMOVEDIR : 0;
            String last = fid.names.getLast();
            long r = Host.syscall(UNLINKAT, parent.number(), path(last), flags);
            HostException.check(r, "unlinkat");
        } finally {
            fids.remove(number);
        }
    }

    private void renameat(Buffer in) throws HostException, ProtocolException {
        Fid from = writable(in.u32());
        String oldName = in.string();
        Fid to = writable(in.u32());
        String newName = in.string();
        move(from.place, oldName, to, newName, 0);
    }

    private void rename(Buffer in) throws HostException, ProtocolException {
        Fid fid = writable(in.u32());
        Fid to = writable(in.u32());
        String newName = in.string();
        if (fid.isTop()) throw new HostException("rename of the top", EXDEV);
        try (HostFd parent = parentOf(fid)) {
            move(parent, fid.names.getLast(), to, newName, 0);
        }
        fid.names = to.child(newName);
    }

    private static void move(HostFd dir, String oldName, Fid to, String newName, int flags)
            throws HostException {
        Requests.checkName(oldName);
        Requests.checkName(newName);
        Scratch s = Scratch.ofThisThread();
        long from = s.path(HostFiles.bytes(oldName));
        long target = s.secondPath(HostFiles.bytes(newName));
        long r =
                Host.syscall(
                        RENAMEAT2,
                        dir.number(),
                        from,
                        to.place.number(),
                        target,
                        flags & RENAME_NOREPLACE,
                        0);
        HostException.check(r, "renameat2");
    }

    private void fsync(Buffer in) throws HostException, ProtocolException {
        HostFd open = Requests.requireOpen(fids.get(in.u32()));
        HostException.check(Host.syscall(Nr.FSYNC, open.number(), 0, 0), "fsync");
    }
}
