package stasis.kernel.task;

import stasis.kernel.futex.FutexTable;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.net.Network;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.vdso.VdsoClock;
import stasis.kernel.vfs.Vfs;
import stasis.platform.Platform;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

/** What all tasks of a kernel share: the hardware, as it were, and the tables. */
@Saved("task.Machine")
public final class Machine {
    @NotSaved("the platform that restores")
    private Platform platform;

    @NotSaved("the table of the kernel that restores")
    private SyscallEntry syscalls;

    @NotSaved("fresh randomness, so that a clone is not its sibling")
    private RandomSource random;

    @NotSaved("waiting calls are made again")
    private final FutexTable futexes = new FutexTable();

    @NotSaved("another one after a restore, so that a clone is not its sibling")
    private final Identity identity = new Identity();

    private GuestMemory memory;
    private MonotonicClock clock;
    private RealtimeClock realtime;
    private Vfs vfs;
    private Network network;
    private TaskSet tasks = new TaskSet();

    /** uname(2). */
    private volatile String nodeName = "stasis";

    private volatile String domainName = "(none)";

    private VdsoClock vdso;

    @SuppressWarnings("NullAway.Init")
    private Machine() {}

    public Machine(
            Platform platform,
            SyscallEntry syscalls,
            RandomSource random,
            GuestMemory memory,
            MonotonicClock clock,
            RealtimeClock realtime,
            VdsoClock vdso,
            Vfs vfs,
            Network network) {
        this.platform = platform;
        this.syscalls = syscalls;
        this.random = random;
        this.memory = memory;
        this.clock = clock;
        this.realtime = realtime;
        this.vdso = vdso;
        this.vfs = vfs;
        this.network = network;
        identity.renew(random);
    }

    public Platform platform() {
        return platform;
    }

    public SyscallEntry syscalls() {
        return syscalls;
    }

    public RandomSource random() {
        return random;
    }

    public Identity identity() {
        return identity;
    }

    public FutexTable futexes() {
        return futexes;
    }

    public GuestMemory memory() {
        return memory;
    }

    public MonotonicClock clock() {
        return clock;
    }

    public RealtimeClock realtime() {
        return realtime;
    }

    public Vfs vfs() {
        return vfs;
    }

    public Network network() {
        return network;
    }

    public TaskSet tasks() {
        return tasks;
    }

    public String hostName() {
        return nodeName;
    }

    public void setHostName(String name) {
        nodeName = name;
    }

    public String domainName() {
        return domainName;
    }

    public void setDomainName(String name) {
        domainName = name;
    }

    /** CPUID leaf 1, EDX, for AT_HWCAP: what every x86-64 processor of the last years has. */
    public int hwcap() {
        return 0x178bfbff;
    }

    /** A bit for each processor that the guest sees. */
    public long cpus() {
        int n = Math.min(Runtime.getRuntime().availableProcessors(), 63);
        return (1L << n) - 1;
    }

    public VdsoClock vdso() {
        return vdso;
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        platform = restoration.resource(Platform.class);
        syscalls = restoration.resource(SyscallEntry.class);
        random = restoration.resource(RandomSource.class);
        identity.renew(random);
    }
}
