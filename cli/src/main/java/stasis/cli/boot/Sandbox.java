package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.abi.Fcntl;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.cli.control.ControlServer;
import stasis.cli.front.SandboxFds;
import stasis.cli.link.HostLinks;
import stasis.cli.link.Networking;
import stasis.cli.link.OwnCable;
import stasis.cli.link.Watching;
import stasis.cli.oci.ProcessSpec;
import stasis.cli.state.ContainerDirectory;
import stasis.cli.state.StateRoot;
import stasis.gofer.client.GoferConnection;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.kernel.BootCaller;
import stasis.kernel.Checkpoint;
import stasis.kernel.Kernel;
import stasis.kernel.KernelSavedTypes;
import stasis.kernel.StandardFiles;
import stasis.kernel.fs.host.HostStream;
import stasis.kernel.fs.host.HostStreams;
import stasis.kernel.fs.tty.Terminal;
import stasis.kernel.syscall.Strace;
import stasis.kernel.task.RandomSource;
import stasis.kernel.task.SyscallEntry;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.time.HostClock;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.net.link.PacketDevices;
import stasis.platform.Platform;
import stasis.state.CorruptSnapshotException;
import stasis.state.image.SnapshotImage;
import stasis.state.pages.LostPagesException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The life of one sandbox, in the process that the front has started for it.
 *
 * <pre>
 * with rights     folder, lock, control socket, descriptors: everything that has a host path
 * rights dropped  platform: its first stub
 * files dropped   kernel: image, config.json's mounts, program; from here on untrusted input is read
 * ready           the front is told, if it does not wait for the end
 * </pre>
 */
public final class Sandbox {
    /** Another one when the sandbox was taken from a pool; until then nobody asks for it. */
    private Launch launch;

    private final Log log;
    private final Pumps pumps = new Pumps(PumpThreads.ofSandbox());

    /** Where the program's terminal is, if it has one. */
    private TerminalPump.@Nullable Ends terminalEnds;

    private @Nullable OutsideHooks hooks;

    /** Of a sandbox that is restored. */
    private @Nullable PageLoading loading;

    /** Of a sandbox that is restored. */
    private @Nullable TypesAhead types;

    /** Of a sandbox that waits to be taken. */
    private @Nullable Standby standby;

    private Standby.@Nullable Claim claim;

    private HostLinks links = HostLinks.none();

    private Sandbox(Launch launch, Log log) {
        this.launch = launch;
        this.log = log;
    }

    /** Makes the sandbox and stays with it to its end; the exit code of its program. */
    public static int run(Launch launch, StateRoot root, Log log) throws Failure {
        return new Sandbox(launch, log).live(root);
    }

    private int live(StateRoot root) throws Failure {
        try (ContainerDirectory.Made made = root.create(launch.id())) {
            return live(made.folder());
        } catch (Failure e) {
            if (hooks != null) hooks.abandoned();
            if (standby != null) standby.failed(String.valueOf(e.getMessage()));
            throw e;
        } catch (HostException | IOException e) {
            throw new Failure(ExitCode.SANDBOX, "cannot make the sandbox: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new Failure(ExitCode.SANDBOX, "interrupted", e);
        }
    }

    private int live(ContainerDirectory folder)
            throws Failure, HostException, IOException, InterruptedException {
        FileChannel status = folder.openStatus();
        note(status, "creating");
        descriptors();
        terminalEnds = terminalEnds();
        ControlServer control = ControlServer.listen(folder.socket());
        long pid = Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString());
        Map<String, @Nullable Object> saved = state(pid);
        SandboxCgroup cgroup = SandboxCgroup.join(launch, log);
        if (cgroup != null) saved.put("cgroups", cgroup.folders());
        folder.writeState(saved);
        Path image = launch.image();
        List<String> cpu = image == null || launch.anyCpu() ? null : HostCpu.features();
        FdStore sections = sections(image);
        if (image != null) types = TypesAhead.start();
        RestoreStats stats = launch.work() == null ? null : RestoreStats.open(launch.work());
        Strace strace = strace();
        Watching watching = watching();
        hooks = OutsideHooks.create(launch, saved, control, folder.socket());
        links = links(pid);
        Exports.request(launch.spec(), launch.bundle());
        if (launch.pidFile() != null) writePid(launch.pidFile(), pid);
        LockIn.dropRights();
        Platform platform = Platforms.open(launch.platform(), base(sections), log::debug);
        HostTime time = HostTime.ofThisHost();
        LockIn.dropFiles();
        Exports exports = Exports.await();
        Booted booted =
                sections != null
                        ? restore(platform, time, sections, exports, cpu, strace)
                        : boot(platform, time, exports, strace);
        GuestHooks guestHooks = new GuestHooks(launch, saved);
        watching.begin(booted.kernel.machine().network());
        Supervisor supervisor =
                new Supervisor(booted.kernel, booted.init, pumps, status, guestHooks, log);
        new Signals(supervisor, launch.detach()).start();
        PhaseLog phases = new PhaseLog(log, "start");
        if (standby != null && !taken(standby, booted.kernel)) return 0;
        if (standby != null) phases.done("taken");
        control.start(new ControlHandler(supervisor, launch, loading, log));
        pumps.start();
        links.start(booted.kernel.machine().network());
        TerminalPump terminal = terminalPump(booted);
        if (terminal != null) {
            terminal.start();
            supervisor.attach(terminal);
        }
        begin(supervisor);
        phases.done("the program goes on");
        if (loading != null) loading.start(supervisor, standby == null || !standby.inMemory());
        if (stats != null) stats.write(booted.kernel.machine().memory().used());
        if (hooks != null) hooks.started(log);
        if (launch.detach() && standby == null) tellFront();
        Claimant waits = claimant(supervisor);
        int code = supervisor.awaitEnd();
        if (terminal != null) terminal.end();
        if (hooks != null) hooks.ended(log);
        if (loading != null) loading.stop();
        if (booted.kernel.close()) platform.close(); // else stubs end with this process
        if (waits != null) waits.ended(code);
        control.finish();
        return code;
    }

    /**
     * Nobody but hooks can have put anything into a namespace that is new: there it is not worth a
     * look. A sandbox that waits is one of many, who cannot all have one address.
     */
    private HostLinks links(long pid) throws Failure, HostException, IOException {
        Networking wanted = launch.networking();
        if (wanted.own()) return HostLinks.take(cable(pid), log::warn);
        String namespace = wanted.namespace();
        if (!wanted.outside() || namespace == null || standby != null) return HostLinks.none();
        if (namespace.isEmpty() && !launch.spec().hooks().anyOutside()) return HostLinks.none();
        return HostLinks.take(namespace, log::warn);
    }

    private static OwnCable cable(long pid) throws Failure, HostException, IOException {
        if (Host.syscall(Nr.GETUID, 0, 0, 0) != 0) {
            throw new Failure(ExitCode.SANDBOX, "a network of its own needs root");
        }
        GoferLink.send(SandboxFds.GOFER, GoferMain.CABLE + pid);
        String answer = GoferLink.receive(SandboxFds.GOFER);
        if (answer.startsWith(GoferMain.FAILED)) {
            throw new Failure(
                    ExitCode.SANDBOX,
                    "a network of its own: " + answer.substring(GoferMain.FAILED.length()));
        }
        return OwnCable.numbered(Integer.parseInt(answer));
    }

    /** Who waits for the end, if the sandbox was taken out of a pool by somebody who does. */
    private @Nullable Claimant claimant(Supervisor supervisor) {
        Standby.Claim taken = claim;
        if (taken == null) return null;
        if (taken.forget()) {
            taken.claimant().watch(supervisor);
            return taken.claimant();
        }
        taken.claimant().started(taken.id());
        return null;
    }

    private @Nullable FdStore sections(@Nullable Path image)
            throws Failure, HostException, IOException {
        if (image == null) return null;
        Path keeper = launch.standby();
        if (keeper == null) return ImageFiles.open(image);
        Standby joined = Standby.join(keeper, launch.id());
        standby = joined;
        return joined.image();
    }

    /**
     * Pages of an image in memory need not be copied: clones have them in common, and none can
     * write them. -1: there are none.
     */
    private int base(@Nullable FdStore sections) throws IOException {
        if (sections == null || standby == null || !standby.inMemory()) return -1;
        HostFd pages = sections.descriptor(SnapshotImage.PAGES_DATA);
        long flags = Host.syscall(Nr.FCNTL, pages.number(), Fcntl.F_GETFL, 0);
        return (flags & Fcntl.O_ACCMODE) == Fcntl.O_RDONLY ? pages.number() : -1;
    }

    /** Waits until somebody wants this sandbox; false if nobody will. */
    private boolean taken(Standby waiting, Kernel kernel) throws HostException, IOException {
        kernel.prepare();
        tellFront();
        Standby.Claim taken = waiting.await();
        if (taken == null) return false;
        claim = taken;
        launch = launch.claimed(taken.id(), taken.forget());
        if (taken.hostname() != null) kernel.machine().setHostName(taken.hostname());
        kernel.machine().identity().setEnvironment(taken.environment());
        return true;
    }

    private void begin(Supervisor supervisor) throws Failure {
        if (claim != null && claim.paused()) supervisor.restoredPaused();
        else if (loading != null) goOn(supervisor, loading);
        else if (launch.start()) supervisor.start("creating");
        else supervisor.created();
    }

    private static void goOn(Supervisor supervisor, PageLoading loading) throws Failure {
        try {
            supervisor.startRestored();
        } catch (LostPagesException e) {
            loading.await(); // says what is wrong
            throw e;
        }
    }

    static void note(FileChannel status, String text) throws IOException {
        status.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)), 0);
        status.truncate(text.length() + 1);
    }

    private Map<String, @Nullable Object> state(long pid) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("ociVersion", launch.spec().ociVersion());
        state.put("id", launch.id());
        state.put("pid", pid);
        state.put("bundle", launch.bundle().toString());
        state.put("rootfs", launch.spec().root().toString());
        state.put("created", Log.time());
        state.put("transient", launch.forget());
        state.put("annotations", launch.spec().annotations());
        if (!launch.spec().hooks().isEmpty()) state.put("hooks", launch.spec().hooks().raw());
        return state;
    }

    private static void writePid(Path file, long pid) throws IOException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(fresh, Long.toString(pid));
        Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private @Nullable Strace strace() throws IOException {
        return launch.strace() ? new Strace(lines()) : null;
    }

    private Watching watching() throws IOException {
        Networking wanted = launch.networking();
        Consumer<String> told = wanted.logPackets() ? lines() : null;
        return new Watching(wanted.capture(), told, log::warn);
    }

    /** Where what the sandbox does is told. */
    private Consumer<String> lines() throws IOException {
        Path to = launch.straceTo();
        if (to == null) return System.err::println;
        FileChannel file = Log.append(to);
        return line -> writeLine(file, line);
    }

    private static void writeLine(FileChannel file, String line) {
        try {
            file.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            System.err.println("stasis: cannot write the log: " + e);
        }
    }

    // ---- descriptors

    private void descriptors() throws HostException {
        Host.syscall(Nr.CLOSE_RANGE, 3, -1L >>> 32, 4); // CLOSE_RANGE_CLOEXEC
        int unwanted = SandboxFds.PRESERVED + launch.preservedFds();
        Host.syscall(Nr.CLOSE_RANGE, unwanted, SandboxFds.PRESERVED + SandboxFds.PRESERVED_MAX, 0);
        pumps.plug("stdin", new HostFd(0), true, false);
        pumps.plug("stdout", new HostFd(1), false, true);
        pumps.plug("stderr", new HostFd(2), false, true);
        for (int i = 0; i < launch.preservedFds(); i++) {
            pumps.plug("fd:" + (3 + i), new HostFd(SandboxFds.PRESERVED + i), true, true);
        }
    }

    private boolean hasTerminal() {
        ProcessSpec process = launch.spec().process();
        return process != null && process.terminal();
    }

    /** A client's socket gets the other end of a new one; otherwise it is ours. */
    private TerminalPump.@Nullable Ends terminalEnds() throws Failure {
        Path socket = launch.consoleSocket();
        if (!hasTerminal()) {
            if (socket == null) return null;
            throw new Failure(
                    ExitCode.USAGE, "--console-socket needs \"terminal\": true in config.json");
        }
        if (socket != null) {
            HostFd slave = Terminals.forClient(socket);
            return new TerminalPump.Ends(slave, slave);
        }
        if (launch.detach() && launch.standby() == null) {
            throw new Failure(
                    ExitCode.USAGE, "a detached container with a terminal needs --console-socket");
        }
        return new TerminalPump.Ends(new HostFd(0), new HostFd(1));
    }

    private @Nullable TerminalPump terminalPump(Booted booted) {
        TerminalPump.Ends ends = terminalEnds;
        if (ends == null) return null;
        if (!(booted.init.session().terminal() instanceof Terminal terminal)) return null;
        return new TerminalPump(terminal, ends.in(), ends.out(), PumpThreads.ofSandbox());
    }

    private List<@Nullable FileDescription> files(Kernel kernel, @Nullable Console console) {
        List<@Nullable FileDescription> files = new ArrayList<>();
        if (console != null) {
            files.addAll(console.files());
        } else {
            files.add(file(kernel, "stdin", Fcntl.O_RDONLY));
            files.add(file(kernel, "stdout", Fcntl.O_WRONLY));
            files.add(file(kernel, "stderr", Fcntl.O_WRONLY));
        }
        for (int i = 0; i < launch.preservedFds(); i++) {
            files.add(file(kernel, "fd:" + (3 + i), Fcntl.O_RDWR));
        }
        return files;
    }

    private FileDescription file(Kernel kernel, String slot, int flags) {
        HostStream stream = pumps.stream(slot);
        return stream.newFile(kernel.machine().vfs(), new BootCaller(kernel.machine()), flags);
    }

    // ---- the kernel

    private record Booted(Kernel kernel, ThreadGroup init) {}

    private Booted boot(Platform platform, HostTime time, Exports exports, @Nullable Strace strace)
            throws Failure {
        ProcessSpec process = launch.spec().process();
        if (process == null) throw new Failure(ExitCode.SANDBOX, "config.json has no process");
        Kernel kernel = new Kernel(platform, time, new HostRandom(), Kernel.calls(strace));
        links.plugInto(kernel.machine().network());
        new StandardFiles(kernel.machine()).register();
        if (!launch.spec().hostname().isEmpty()) {
            kernel.machine().setHostName(launch.spec().hostname());
        }
        if (!launch.spec().domainname().isEmpty()) {
            kernel.machine().setDomainName(launch.spec().domainname());
        }
        MountTree mounts = new MountTree(kernel, exports);
        FsContext fs = mounts.build(launch.spec());
        for (String note : mounts.notes()) log.warn(note);
        for (String note : launch.spec().notes()) log.warn(note);
        Console console = process.terminal() ? Console.open(kernel, fs) : null;
        if (console != null) console.setSize(process.rows(), process.columns());
        Programs programs = new Programs(kernel);
        programs.makeWorkingDirectory(fs, process);
        ThreadGroup init =
                programs.load(
                        fs,
                        process,
                        files(kernel, console),
                        console == null ? null : console.terminal());
        return new Booted(kernel, init);
    }

    private Booted restore(
            Platform platform,
            HostTime time,
            FdStore sections,
            Exports exports,
            @Nullable List<String> cpu,
            @Nullable Strace strace)
            throws Failure, InterruptedException {
        Map<Class<?>, Object> resources = new LinkedHashMap<>();
        resources.put(SyscallEntry.class, Kernel.calls(strace));
        resources.put(RandomSource.class, new HostRandom());
        resources.put(HostClock.class, time);
        resources.put(HostStreams.class, pumps);
        resources.put(GoferConnection.class, exports.gofer());
        resources.put(PacketDevices.class, links);
        PhaseLog phases = new PhaseLog(log, "restore");
        try {
            SnapshotImage image = SnapshotImage.open(sections);
            phases.done("image opened and checked");
            if (cpu != null) HostCpu.check(image.manifest().cpu(), cpu, platform.fpuFeatures());
            Checkpoint checkpoint =
                    new Checkpoint(types == null ? KernelSavedTypes.all() : types.get());
            phases.done("table of types");
            Kernel kernel = checkpoint.restoreGraph(image.graph(), platform, resources);
            phases.done("graph");
            boolean closeTcp = launch.networking().closeTcp();
            links.settleIn(kernel.machine().network(), closeTcp, log::warn);
            loading = PageLoading.of(kernel, image, sections, launch, log, phases);
            return new Booted(kernel, firstProcess(kernel));
        } catch (CorruptSnapshotException | IOException e) {
            throw new Failure(
                    ExitCode.SANDBOX, "image " + launch.image() + ": " + e.getMessage(), e);
        }
    }

    private static ThreadGroup firstProcess(Kernel kernel) {
        try (var _ = kernel.machine().tasks().lock().hold()) {
            ThreadGroup init = kernel.machine().tasks().initLocked();
            if (init == null) throw new CorruptSnapshotException("no first process");
            return init;
        }
    }

    /** Who waits for the front goes on; the program's input and output stay with the sandbox. */
    private static void tellFront() throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zero = arena.allocateFrom(ValueLayout.JAVA_LONG, 0);
            HostException.check(Host.write(SandboxFds.STATUS, zero), "write to the front");
        }
        Host.close(SandboxFds.STATUS);
    }
}
