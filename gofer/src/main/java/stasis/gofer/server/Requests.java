package stasis.gofer.server;

import static stasis.abi.Fcntl.O_ACCMODE;
import static stasis.abi.Fcntl.O_APPEND;
import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_DIRECTORY;
import static stasis.abi.Fcntl.O_NOFOLLOW;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_TRUNC;

import stasis.gofer.protocol.Attributes;
import stasis.gofer.protocol.Buffer;
import stasis.gofer.protocol.P9;
import stasis.gofer.protocol.ProtocolException;
import stasis.gofer.protocol.Qid;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.util.ArrayList;
import java.util.List;

/** One method per request; the reply's fields are put behind its header. */
final class Requests {
    /** No such request. */
    static final int UNKNOWN = -2;

    private static final int NONE = -1;

    static final int NO_AUTHENTICATION = 0;

    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int EBUSY = 16;
    private static final int EISDIR = 21;
    private static final int EINVAL = 22;
    private static final int EROFS = 30;
    private static final int ESTALE = 116;

    /** Open flags that a client may ask for; the rest is the server's business. */
    private static final int FLAGS = O_ACCMODE | O_TRUNC | O_APPEND | O_NONBLOCK | O_DIRECTORY;

    private final FidTable fids;
    private final Changes changes;
    private final Reading reading = new Reading();
    private boolean passesFds;

    Requests(FidTable fids) {
        this.fids = fids;
        this.changes = new Changes(fids);
    }

    /** A descriptor to send with the reply, -1, or {@link #UNKNOWN}. */
    int handle(int type, Buffer in, Buffer out) throws HostException, ProtocolException {
        switch (type) {
            case P9.TVERSION -> version(in, out);
            // Like diod's server: an error of 0 says that nobody need authenticate.
            case P9.TAUTH -> throw new HostException("auth", NO_AUTHENTICATION);
            case P9.TATTACH -> attach(in, out);
            case P9.TFLUSH -> in.u16();
            case P9.TWALK -> walk(in, out);
            case P9.TLOPEN -> {
                return open(in, out);
            }
            case P9.TLCREATE -> {
                return create(in, out);
            }
            case P9.TGETATTR -> getattr(in, out);
            case P9.TREAD -> reading.read(fids.get(in.u32()), in, out);
            case P9.TREADDIR -> reading.readDirectory(fids.get(in.u32()), in, out);
            case P9.TREADLINK -> reading.readLink(fids.get(in.u32()), out);
            case P9.TSTATFS -> reading.statfs(fids.get(in.u32()), out);
            case P9.TCLUNK -> fids.remove(in.u32());
            default -> {
                return changes.handle(type, in, out) ? NONE : UNKNOWN;
            }
        }
        return NONE;
    }

    private void version(Buffer in, Buffer out) throws ProtocolException {
        int msize = Math.min(in.u32(), P9.MSIZE);
        String version = in.string();
        fids.closeAll();
        passesFds = version.equals(P9.VERSION_WITH_FDS);
        boolean known = passesFds || version.equals(P9.VERSION);
        out.u32(Math.max(msize, 4096)).string(known ? version : "unknown");
    }

    private void attach(Buffer in, Buffer out) throws HostException, ProtocolException {
        int number = in.u32();
        in.u32(); // afid: no authentication, the socket is it
        in.string();
        String name = in.string();
        Export export = fids.export(name);
        if (export == null) throw new HostException("attach(" + name + ")", ENOENT);
        Fid fid = new Fid(export, List.of(), export.root());
        Qid qid = HostFiles.status(fid.place).qid();
        fids.put(number, fid);
        out.qid(qid);
    }

    // ---- walking

    private void walk(Buffer in, Buffer out) throws HostException, ProtocolException {
        int number = in.u32();
        int newNumber = in.u32();
        int n = in.u16();
        if (n > P9.MAX_WALK) throw new ProtocolException("walk of " + n + " names");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < n; i++) names.add(in.string());
        Fid from = fids.get(number);
        if (from.open != null) throw new HostException("walk of an open fid", EBUSY);
        List<Qid> qids = new ArrayList<>();
        Fid at = copy(from);
        try {
            for (String name : names) {
                Fid next = step(at, name);
                at.close();
                at = next;
                qids.add(HostFiles.status(at.place).qid());
            }
        } catch (HostException e) {
            at.close();
            if (qids.isEmpty()) throw e;
        }
        if (qids.size() == names.size()) {
            if (newNumber == number) fids.replace(number, at);
            else fids.put(newNumber, at);
        }
        out.u16(qids.size());
        qids.forEach(out::qid);
    }

    private static Fid copy(Fid fid) throws HostException {
        if (fid.isTop()) return new Fid(fid.export, fid.names, fid.export.root());
        return new Fid(fid.export, fid.names, fid.place.duplicate());
    }

    /** One component; {@code ..} at the top stays there. */
    private static Fid step(Fid at, String name) throws HostException {
        if (name.equals("..")) return parent(at);
        checkName(name);
        HostFd place = HostFiles.place(at.place, name);
        return new Fid(at.export, at.child(name), place);
    }

    /** By names from the top: wherever the directory was moved to, the result is below the top. */
    private static Fid parent(Fid at) throws HostException {
        if (at.isTop()) return copy(at);
        List<String> names = List.copyOf(at.names.subList(0, at.names.size() - 1));
        if (names.isEmpty()) return new Fid(at.export, names, at.export.root());
        return new Fid(
                at.export, names, HostFiles.place(at.export.root(), String.join("/", names)));
    }

    static void checkName(String name) throws HostException {
        boolean good =
                !name.isEmpty()
                        && !name.equals(".")
                        && !name.equals("..")
                        && name.indexOf('/') < 0
                        && name.indexOf('\0') < 0;
        if (!good) throw new HostException("name", EINVAL);
    }

    // ---- opening

    private int open(Buffer in, Buffer out) throws HostException, ProtocolException {
        Fid fid = fids.get(in.u32());
        int flags = in.u32() & FLAGS;
        if (fid.open != null) throw new HostException("open of an open fid", EBUSY);
        boolean writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) != 0;
        if (writes && fid.export.readOnly()) throw new HostException("open for writing", EROFS);
        HostFiles.Status before = HostFiles.status(fid.place);
        if (before.isDirectory() && writes) throw new HostException("open", EISDIR);
        HostFd opened = reopen(fid, flags, before);
        fid.open = opened;
        out.qid(before.qid()).u32(0);
        return passesFds && before.isRegular() ? opened.number() : NONE;
    }

    /** Opens the file of {@code fid} itself: by its name, and only if it is still the same file. */
    static HostFd reopen(Fid fid, int flags, HostFiles.Status expected) throws HostException {
        // Devices and FIFOs of the host are not the guest's to open; a FIFO would block us.
        if (!expected.isRegular() && !expected.isDirectory()) {
            throw new HostException("open of a special file", EINVAL);
        }
        HostFd opened =
                fid.isTop() && !expected.isDirectory()
                        ? fid.export.root().duplicate()
                        : HostFiles.open(fid.export.root(), fid.path(), flags | O_NOFOLLOW, 0);
        if (HostFiles.status(opened).qid().path() == expected.qid().path()) return opened;
        opened.close();
        throw new HostException("open: another file has that name now", ESTALE);
    }

    private int create(Buffer in, Buffer out) throws HostException, ProtocolException {
        Fid fid = fids.get(in.u32());
        String name = in.string();
        int flags = in.u32() & FLAGS & ~O_DIRECTORY;
        int mode = in.u32();
        in.u32(); // gid: the client sets owners itself
        if (fid.export.readOnly()) throw new HostException("create", EROFS);
        if (fid.open != null) throw new HostException("create in an open fid", EBUSY);
        checkName(name);
        HostFd opened =
                HostFiles.open(
                        fid.place,
                        name,
                        flags | O_CREAT | stasis.abi.Fcntl.O_EXCL | O_NOFOLLOW,
                        mode);
        HostFd place = HostFiles.place(fid.place, name);
        List<String> names = fid.child(name);
        if (!fid.isTop()) fid.place.close();
        fid.place = place;
        fid.names = names;
        fid.open = opened;
        out.qid(HostFiles.status(opened).qid()).u32(0);
        return passesFds ? opened.number() : NONE;
    }

    private void getattr(Buffer in, Buffer out) throws HostException, ProtocolException {
        Fid fid = fids.get(in.u32());
        HostFiles.Status s = HostFiles.status(fid.open != null ? fid.open : fid.place);
        Attributes a = s.attributes();
        out.u64(P9.GETATTR_ALL & 0x7ff).qid(s.qid());
        out.u32(a.mode()).u32(a.uid()).u32(a.gid()).u64(a.nlink()).u64(a.rdev()).u64(a.size());
        out.u64(a.blksize()).u64(a.blocks()).time(a.atime()).time(a.mtime()).time(a.ctime());
        out.time(0).u64(0).u64(0);
    }

    static HostFd requireOpen(Fid fid) throws HostException {
        HostFd open = fid.open;
        if (open == null) throw new HostException("fid is not open", EBADF);
        return open;
    }
}
