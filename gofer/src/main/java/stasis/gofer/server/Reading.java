package stasis.gofer.server;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import stasis.gofer.protocol.Buffer;
import stasis.gofer.protocol.P9;
import stasis.gofer.protocol.ProtocolException;
import stasis.gofer.protocol.Qid;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.host.Scratch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Requests that change nothing. */
final class Reading {
    private static final int SEEK_SET = 0;
    private static final int DT_DIR = 4;
    private static final int DT_LNK = 10;
    private static final int FSTATFS = 138;
    private static final int DIRENTS = 32 << 10;

    private final MemorySegment entries = Arena.ofAuto().allocate(DIRENTS, 8);

    void read(Fid fid, Buffer in, Buffer out) throws HostException, ProtocolException {
        long offset = in.u64();
        int count = clamp(in.u32());
        HostFd open = Requests.requireOpen(fid);
        MemorySegment to = out.bytes().asSlice(P9.IO_HEADER, count);
        long n = HostException.check(Host.pread(open.number(), to, offset), "pread");
        out.u32((int) n).skipTo(P9.IO_HEADER + (int) n);
    }

    private static int clamp(int count) {
        return count < 0 ? P9.MSIZE - P9.IO_HEADER : Math.min(count, P9.MSIZE - P9.IO_HEADER);
    }

    /** Entries are qid[13] offset[8] type[1] name[s]; the offset is the next entry's cookie. */
    void readDirectory(Fid fid, Buffer in, Buffer out) throws HostException, ProtocolException {
        long offset = in.u64();
        int end = P9.IO_HEADER + clamp(in.u32());
        HostFd open = Requests.requireOpen(fid);
        long r = Host.syscall(Nr.LSEEK, open.number(), offset, SEEK_SET);
        HostException.check(r, "lseek");
        out.u32(0);
        boolean full = false;
        while (!full) {
            long n = HostException.check(Host.getdents64(open.number(), entries), "getdents64");
            if (n == 0) break;
            for (long at = 0; at < n && !full; ) {
                int length = entries.get(JAVA_SHORT_UNALIGNED, at + 16) & 0xffff;
                full = !putEntry(out, end, at);
                at += length;
            }
        }
        int stop = out.position();
        out.skipTo(P9.HEADER).u32(stop - P9.IO_HEADER).skipTo(stop);
    }

    private boolean putEntry(Buffer out, int end, long at) {
        String name = name(at + 19);
        int bytes = Qid.BYTES + 8 + 1 + 2 + name.length();
        if (out.position() + bytes > end) return false;
        int type = entries.get(JAVA_BYTE, at + 18);
        int qidType = type == DT_DIR ? P9.QTDIR : type == DT_LNK ? P9.QTSYMLINK : 0;
        long ino = entries.get(JAVA_LONG_UNALIGNED, at);
        out.qid(new Qid(qidType, 0, ino));
        out.u64(entries.get(JAVA_LONG_UNALIGNED, at + 8)).u8(type).string(name);
        return true;
    }

    private String name(long at) {
        long end = at;
        while (entries.get(JAVA_BYTE, end) != 0) end++;
        byte[] bytes = entries.asSlice(at, end - at).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    void readLink(Fid fid, Buffer out) throws HostException {
        Scratch s = Scratch.ofThisThread();
        MemorySegment to = s.struct().asSlice(0, 4096);
        long n = Host.readlinkat(fid.place.number(), s.path(new byte[0]), to);
        HostException.check(n, "readlinkat");
        byte[] text = to.asSlice(0, n).toArray(JAVA_BYTE);
        out.string(new String(text, StandardCharsets.ISO_8859_1));
    }

    /** type[4] bsize[4] blocks bfree bavail files ffree fsid[8 each] namelen[4]. */
    void statfs(Fid fid, Buffer out) throws HostException {
        MemorySegment s = Scratch.ofThisThread().struct();
        long r = Host.syscall(FSTATFS, fid.place.number(), s.address(), 0);
        HostException.check(r, "fstatfs");
        out.u32((int) s.get(JAVA_LONG, 0)).u32((int) s.get(JAVA_LONG, 8));
        for (int at = 16; at < 56; at += 8) out.u64(s.get(JAVA_LONG, at));
        out.u64(s.get(JAVA_INT, 56) & 0xffffffffL | (long) s.get(JAVA_INT, 60) << 32);
        out.u32((int) s.get(JAVA_LONG, 64));
    }
}
