package stasis.host.setup;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** Functions of glibc on x86-64, by their manual pages in section 2 and 3. */
public interface LibC extends Library {
    int uname(Utsname name) throws LastErrorException;

    int getrlimit(int resource, Rlimit limit) throws LastErrorException;

    int statvfs(String path, Statvfs space) throws LastErrorException;

    int open(String path, int flags, Object... mode) throws LastErrorException;

    int close(int fd) throws LastErrorException;

    int ioctl(int fd, NativeLong request, Object... argument) throws LastErrorException;

    int prctl(int option, Object... arguments) throws LastErrorException;

    NativeLong syscall(NativeLong number, Object... arguments) throws LastErrorException;

    NativeLong getauxval(NativeLong type);

    /** Made at its first use. */
    static LibC load() {
        return Native.load("c", LibC.class);
    }

    /** uname(2). */
    @FieldOrder({"sysname", "nodename", "release", "version", "machine", "domainname"})
    final class Utsname extends Structure {
        private static final int LENGTH = 65;

        public byte[] sysname = new byte[LENGTH];
        public byte[] nodename = new byte[LENGTH];
        public byte[] release = new byte[LENGTH];
        public byte[] version = new byte[LENGTH];
        public byte[] machine = new byte[LENGTH];
        public byte[] domainname = new byte[LENGTH];

        public Utsname() {}
    }

    /** getrlimit(2); numbers are unsigned. */
    @FieldOrder({"rlim_cur", "rlim_max"})
    final class Rlimit extends Structure {
        public long rlim_cur;
        public long rlim_max;

        public Rlimit() {}
    }

    /** statvfs(3). */
    @FieldOrder({
        "f_bsize",
        "f_frsize",
        "f_blocks",
        "f_bfree",
        "f_bavail",
        "f_files",
        "f_ffree",
        "f_favail",
        "f_fsid",
        "f_flag",
        "f_namemax",
        "f_spare"
    })
    final class Statvfs extends Structure {
        public long f_bsize;
        public long f_frsize;
        public long f_blocks;
        public long f_bfree;
        public long f_bavail;
        public long f_files;
        public long f_ffree;
        public long f_favail;
        public long f_fsid;
        public long f_flag;
        public long f_namemax;
        public int[] f_spare = new int[6];

        public Statvfs() {}
    }
}
