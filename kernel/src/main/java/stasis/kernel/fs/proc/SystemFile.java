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
        OPTMEM_MAX("net/core"),
        RMEM_DEFAULT("net/core"),
        RMEM_MAX("net/core"),
        SOMAXCONN("net/core"),
        WMEM_DEFAULT("net/core"),
        WMEM_MAX("net/core"),
        IP_DEFAULT_TTL("net/ipv4"),
        IP_FORWARD("net/ipv4"),
        IP_LOCAL_PORT_RANGE("net/ipv4"),
        IP_UNPRIVILEGED_PORT_START("net/ipv4"),
        PING_GROUP_RANGE("net/ipv4"),
        TCP_AVAILABLE_CONGESTION_CONTROL("net/ipv4"),
        TCP_CONGESTION_CONTROL("net/ipv4"),
        TCP_FASTOPEN("net/ipv4"),
        TCP_FIN_TIMEOUT("net/ipv4"),
        TCP_KEEPALIVE_INTVL("net/ipv4"),
        TCP_KEEPALIVE_PROBES("net/ipv4"),
        TCP_KEEPALIVE_TIME("net/ipv4"),
        TCP_MAX_SYN_BACKLOG("net/ipv4"),
        TCP_RETRIES2("net/ipv4"),
        TCP_RMEM("net/ipv4"),
        TCP_SACK("net/ipv4"),
        TCP_SYNCOOKIES("net/ipv4"),
        TCP_SYN_RETRIES("net/ipv4"),
        TCP_TIMESTAMPS("net/ipv4"),
        TCP_TW_REUSE("net/ipv4"),
        TCP_WINDOW_SCALING("net/ipv4"),
        TCP_WMEM("net/ipv4"),
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
        ProcDirectory net = sys.directory("net");
        ProcDirectory core = net.directory("core");
        ProcDirectory ipv4 = net.directory("ipv4");
        ProcDirectory vm = sys.directory("vm");
        ProcDirectory fs = sys.directory("fs");
        for (Kind kind : Kind.values()) {
            ProcDirectory where =
                    switch (kind.directory) {
                        case "kernel" -> kernel;
                        case "kernel/random" -> random;
                        case "net/core" -> core;
                        case "net/ipv4" -> ipv4;
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
            case OPTMEM_MAX -> "131072";
            case RMEM_DEFAULT, RMEM_MAX, WMEM_DEFAULT, WMEM_MAX -> "212992";
            case IP_DEFAULT_TTL -> "64";
            case IP_FORWARD, TCP_FASTOPEN -> "0";
            case IP_LOCAL_PORT_RANGE -> "32768\t60999";
            case IP_UNPRIVILEGED_PORT_START, TCP_MAX_SYN_BACKLOG -> "1024";
            case PING_GROUP_RANGE -> "1\t0";
            case TCP_AVAILABLE_CONGESTION_CONTROL -> "reno cubic";
            case TCP_CONGESTION_CONTROL -> "cubic";
            case TCP_FIN_TIMEOUT -> "60";
            case TCP_KEEPALIVE_INTVL -> "75";
            case TCP_KEEPALIVE_PROBES -> "9";
            case TCP_KEEPALIVE_TIME -> "7200";
            case TCP_RETRIES2 -> "15";
            case TCP_RMEM -> "4096\t131072\t6291456";
            case TCP_SYN_RETRIES -> "6";
            case TCP_SACK, TCP_SYNCOOKIES, TCP_TIMESTAMPS, TCP_TW_REUSE, TCP_WINDOW_SCALING -> "1";
            case TCP_WMEM -> "4096\t16384\t4194304";
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
