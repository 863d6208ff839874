package stasis.cli.boot;

import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.kernel.BootCaller;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.OpenHow;
import stasis.kernel.vfs.Vfs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** What HOME is if nobody says: as runc does it, by the container's own passwd(5). */
final class HomeFolder {
    private static final String UNKNOWN = "/";

    /** A container's file: no more of it is looked at. */
    private static final int MAX_BYTES = 1 << 20;

    private HomeFolder() {}

    static String of(Vfs vfs, BootCaller caller, FsContext fs, int uid) {
        try {
            return find(read(vfs, caller, fs), Integer.toUnsignedString(uid));
        } catch (SyscallException e) {
            return UNKNOWN; // there is no such file
        }
    }

    /** The sixth field of the line whose third one is the id. */
    static String find(String passwd, String uid) {
        for (String line : passwd.lines().toList()) {
            String[] fields = line.split(":", -1);
            if (fields.length >= 6 && fields[2].equals(uid)) {
                return fields[5].isEmpty() ? UNKNOWN : fields[5];
            }
        }
        return UNKNOWN;
    }

    private static String read(Vfs vfs, BootCaller caller, FsContext fs) throws SyscallException {
        OpenHow how = OpenHow.of(Fcntl.O_RDONLY | Fcntl.O_NONBLOCK, 0);
        FileDescription file = vfs.open(caller, fs, fs.root(), "/etc/passwd", how);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(MAX_BYTES);
            long done = 0;
            long n;
            do {
                n = file.read(caller, bytes, done, MAX_BYTES - done);
                done += n;
            } while (n > 0 && done < MAX_BYTES);
            byte[] text = bytes.asSlice(0, done).toArray(ValueLayout.JAVA_BYTE);
            return new String(text, StandardCharsets.UTF_8);
        } finally {
            file.release(caller);
        }
    }
}
