package stasis.host.setup;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.ptr.IntByReference;

import stasis.abi.Errno;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Questions to the host that nothing hot asks: what it is, what it allows, what room it has. */
public final class HostSetup {
    /** {@code include/uapi/linux/seccomp.h}. */
    public static final int SECCOMP_RET_TRAP = 0x0003_0000;

    public static final int SECCOMP_RET_USER_NOTIF = 0x7fc0_0000;
    public static final int SECCOMP_RET_TRACE = 0x7ff0_0000;

    /** {@code include/uapi/asm-generic/resource.h}. */
    public static final int RLIMIT_NPROC = 6;

    public static final int RLIMIT_NOFILE = 7;
    public static final int RLIMIT_MEMLOCK = 8;

    private static final int SYS_SECCOMP = 317;
    private static final int SECCOMP_GET_ACTION_AVAIL = 2;
    private static final int PR_GET_NO_NEW_PRIVS = 39;
    private static final int PR_CAPBSET_READ = 23;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int O_RDWR_CLOEXEC = 2 | 0x80000;
    private static final int KVM_GET_API_VERSION = 0xae00;
    private static final int AT_HWCAP2 = 26;
    private static final int HWCAP2_FSGSBASE = 1 << 1;

    private final LibC libc = LibC.load();

    public HostSetup() {}

    /**
     * An answer.
     *
     * @param good whether it is what a sandbox wishes for
     */
    public record Answer(boolean good, String text) {}

    /** Of a file system; what an ordinary user may still take. */
    public record Space(long freeBytes, long allBytes) {}

    /** Release and machine, uname(2). */
    public String kernel() {
        LibC.Utsname name = new LibC.Utsname();
        libc.uname(name);
        return Native.toString(name.sysname)
                + " "
                + Native.toString(name.release)
                + " "
                + Native.toString(name.machine);
    }

    /**
     * statvfs(3).
     *
     * @throws IOException in the words of strerror(3)
     */
    public Space space(Path folder) throws IOException {
        LibC.Statvfs space = new LibC.Statvfs();
        try {
            libc.statvfs(folder.toString(), space);
        } catch (LastErrorException e) {
            throw new IOException(folder + ": " + describe(e), e);
        }
        return new Space(space.f_bavail * space.f_frsize, space.f_blocks * space.f_frsize);
    }

    /** seccomp(2): whether filters may answer with this. */
    public Answer seccompAction(int action) {
        try {
            libc.syscall(
                    new NativeLong(SYS_SECCOMP),
                    new NativeLong(SECCOMP_GET_ACTION_AVAIL),
                    new NativeLong(0),
                    new IntByReference(action));
            return new Answer(true, "yes");
        } catch (LastErrorException e) {
            return new Answer(false, "no: " + describe(e));
        }
    }

    /** getrlimit(2): the soft limit, or unlimited. */
    public Answer limit(int resource, long wished) {
        LibC.Rlimit limit = new LibC.Rlimit();
        libc.getrlimit(resource, limit);
        if (limit.rlim_cur == -1) return new Answer(true, "unlimited");
        boolean enough = Long.compareUnsigned(limit.rlim_cur, wished) >= 0;
        String text = Long.toUnsignedString(limit.rlim_cur);
        return new Answer(enough, enough ? text : text + ", better " + wished);
    }

    /** The API version behind /dev/kvm, whose documentation wants 12 of us. */
    public Answer kvm() {
        int fd;
        try {
            fd = libc.open("/dev/kvm", O_RDWR_CLOEXEC);
        } catch (LastErrorException e) {
            return new Answer(false, "/dev/kvm: " + describe(e));
        }
        try {
            int version = libc.ioctl(fd, new NativeLong(KVM_GET_API_VERSION), new NativeLong(0));
            return new Answer(version == 12, "API version " + version);
        } catch (LastErrorException e) {
            return new Answer(false, "KVM_GET_API_VERSION: " + describe(e));
        } finally {
            libc.close(fd);
        }
    }

    /** prctl(2): privileges that this process, and so a sandbox, can still have. */
    public Answer rights() {
        if (libc.prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) != 0) {
            return new Answer(false, "no_new_privs is set: set-id programs have no effect");
        }
        boolean admin = libc.prctl(PR_CAPBSET_READ, (long) CAP_SYS_ADMIN, 0L, 0L, 0L) == 1;
        return new Answer(admin, admin ? "all that root has" : "without CAP_SYS_ADMIN");
    }

    /** getauxval(3): whether guests may set FS and GS themselves. */
    public Answer fsgsbase() {
        long bits = libc.getauxval(new NativeLong(AT_HWCAP2)).longValue();
        return (bits & HWCAP2_FSGSBASE) != 0 ? new Answer(true, "yes") : new Answer(false, "no");
    }

    /** {@code Documentation/admin-guide/LSM/Yama.rst}; a sandbox traces its own children only. */
    public Answer ptraceScope() {
        return switch (read("/proc/sys/kernel/yama/ptrace_scope")) {
            case "" -> new Answer(true, "not restricted");
            case "0", "1" -> new Answer(true, "children at least");
            case "2" -> new Answer(isRoot(), "only with CAP_SYS_PTRACE");
            default -> new Answer(false, "nobody may trace (ptrace_scope 3)");
        };
    }

    /** user_namespaces(7), which a sandbox without root is made of. */
    public Answer userNamespaces() {
        if (read("/proc/sys/user/max_user_namespaces").equals("0")) {
            return new Answer(false, "none allowed (user.max_user_namespaces is 0)");
        }
        for (String denied : DENIES_USER_NAMESPACES) {
            String[] nameAndValue = denied.split("=", 2);
            String file = "/proc/sys/kernel/" + nameAndValue[0];
            if (read(file).equals(nameAndValue[1])) {
                return new Answer(isRoot(), "only for root (kernel." + denied + ")");
            }
        }
        return new Answer(true, "yes");
    }

    private static final List<String> DENIES_USER_NAMESPACES =
            List.of("unprivileged_userns_clone=0", "apparmor_restrict_unprivileged_userns=1");

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Empty if there is no such file. */
    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static String describe(LastErrorException e) {
        Errno errno = Errno.of(e.getErrorCode());
        if (errno == null) return "errno " + e.getErrorCode();
        return switch (errno) {
            case ENOENT -> "no such file or directory";
            case EACCES -> "permission denied";
            case ENODEV -> "no such device";
            default -> errno.toString();
        };
    }
}
