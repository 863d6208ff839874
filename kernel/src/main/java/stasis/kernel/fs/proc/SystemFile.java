package stasis.kernel.fs.proc;

import static stasis.abi.Errno.EPERM;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.task.Identity;
import stasis.state.Saved;

import java.util.Locale;

/** A file of proc that is about the system: those of its top, and {@code /proc/sys}. */
@Saved("proc.SystemFile")
final class SystemFile extends TextInode {
    /** Named as the file, after the directory below {@code sys}, if any. */
    enum Kind {
        CMDLINE(""),
        CPUINFO(""),
        DEVICES(""),
        FILESYSTEMS(""),
        LOADAVG(""),
        MEMINFO(""),
        STAT(""),
        SWAPS(""),
        UPTIME(""),
        VERSION(""),
        VMSTAT(""),
        FILE_MAX("fs"),
        NR_OPEN("fs"),
        PIPE_MAX_SIZE("fs"),
        CAP_LAST_CAP("kernel"),
        DOMAINNAME("kernel"),
        HOSTNAME("kernel"),
        NGROUPS_MAX("kernel"),
        OSRELEASE("kernel"),
        OSTYPE("kernel"),
        OVERFLOWGID("kernel"),
        OVERFLOWUID("kernel"),
        PID_MAX("kernel"),
        RANDOMIZE_VA_SPACE("kernel"),
        SEM("kernel"),
        SHMALL("kernel"),
        SHMMAX("kernel"),
        SHMMNI("kernel"),
        THREADS_MAX("kernel"),
        SYS_VERSION("kernel"),
        BOOT_ID("kernel/random"),
        ENTROPY_AVAIL("kernel/random"),
        POOLSIZE("kernel/random"),
        UUID("kernel/random"),
        SOMAXCONN("net/core"),
        MAX_MAP_COUNT("vm"),
        MMAP_MIN_ADDR("vm"),
        OVERCOMMIT_MEMORY("vm"),
        SWAPPINESS("vm");

        private final String directory;

        Kind(String directory) {
            this.directory = directory;
        }

        String directory() {
            return directory;
        }

        String fileName() {
            return this == SYS_VERSION ? "version" : name().toLowerCase(Locale.ROOT);
        }
    }

    private Kind kind;

    @SuppressWarnings("NullAway.Init")
    private SystemFile() {}

    SystemFile(ProcFilesystem filesystem, Kind kind) {
        super(filesystem, kind == Kind.HOSTNAME || kind == Kind.DOMAINNAME ? 0644 : 0444);
        this.kind = kind;
    }

    /** Builds {@code /proc/sys}. */
    static void fillSys(ProcFilesystem filesystem, ProcDirectory sys) {
        ProcDirectory kernel = sys.directory("kernel");
        ProcDirectory random = kernel.directory("random");
        ProcDirectory core = sys.directory("net").directory("core");
        ProcDirectory vm = sys.directory("vm");
        ProcDirectory fs = sys.directory("fs");
        for (Kind kind : Kind.values()) {
            ProcDirectory where =
                    switch (kind.directory) {
                        case "kernel" -> kernel;
                        case "kernel/random" -> random;
                        case "net/core" -> core;
                        case "vm" -> vm;
                        case "fs" -> fs;
                        default -> null;
                    };
            if (where != null) where.put(kind.fileName(), new SystemFile(filesystem, kind));
        }
    }

    @Override
    String text(Caller caller) {
        return switch (kind) {
            case CMDLINE -> "\n";
            case CPUINFO -> SystemText.cpuinfo(proc().machine());
            case DEVICES -> SystemText.devices();
            case FILESYSTEMS -> SystemText.filesystems(proc().machine());
            case LOADAVG -> SystemText.loadavg(proc().machine());
            case MEMINFO -> SystemText.meminfo(proc().machine());
            case STAT -> SystemText.stat(proc().machine());
            case SWAPS -> "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
            case UPTIME -> SystemText.uptime(proc().machine());
            case VERSION -> SystemText.version();
            case VMSTAT -> SystemText.vmstat(proc().machine());
            case HOSTNAME -> proc().machine().hostName() + "\n";
            case DOMAINNAME -> proc().machine().domainName() + "\n";
            case BOOT_ID -> proc().machine().identity().bootId() + "\n";
            case UUID -> Identity.uuid(proc().machine().random()) + "\n";
            default -> fixed(kind) + "\n";
        };
    }

    /** What never changes here. */
    private static String fixed(Kind kind) {
        return switch (kind) {
            case FILE_MAX -> "9223372036854775807";
            case NR_OPEN, PIPE_MAX_SIZE -> "1048576";
            case CAP_LAST_CAP -> "40";
            case NGROUPS_MAX -> "65536";
            case OSRELEASE -> SystemText.RELEASE;
            case OSTYPE -> "Linux";
            case OVERFLOWGID, OVERFLOWUID -> "65534";
            case PID_MAX -> "32768";
            case RANDOMIZE_VA_SPACE -> "2";
            case SEM -> "32000\t1024000000\t500\t32000";
            case SHMALL, SHMMAX -> "18446744073692774399";
            case SHMMNI, SOMAXCONN -> "4096";
            case THREADS_MAX -> "32768";
            case SYS_VERSION -> SystemText.VERSION;
            case ENTROPY_AVAIL, POOLSIZE -> "256";
            case MAX_MAP_COUNT -> "65530";
            case MMAP_MIN_ADDR -> "65536";
            case OVERCOMMIT_MEMORY -> "1";
            case SWAPPINESS -> "0";
            default -> throw new IllegalStateException(kind.name());
        };
    }

    @Override
    void written(Caller caller, String text) throws ErrnoException {
        if (!caller.credentials().has(Capability.CAP_SYS_ADMIN)) throw EPERM.exception();
        String name = text.strip();
        String cut = name.substring(0, Math.min(64, name.length()));
        switch (kind) {
            case HOSTNAME -> proc().machine().setHostName(cut);
            case DOMAINNAME -> proc().machine().setDomainName(cut);
            default -> throw EPERM.exception();
        }
    }
}
