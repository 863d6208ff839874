package stasis.snapshots;

import org.jspecify.annotations.Nullable;

import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.gofer.client.GoferConnection;
import stasis.gofer.protocol.MessageSocket;
import stasis.gofer.protocol.ProtocolException;
import stasis.gofer.server.Export;
import stasis.gofer.server.GoferServer;
import stasis.host.FdSocket;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Scratch;
import stasis.host.TimeStampCounter;
import stasis.kernel.BootCaller;
import stasis.kernel.Checkpoint;
import stasis.kernel.Kernel;
import stasis.kernel.KernelSavedTypes;
import stasis.kernel.StandardFiles;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.gofer.GoferFilesystem;
import stasis.kernel.fs.overlay.Overlay;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.syscall.Strace;
import stasis.kernel.task.ProcessStart;
import stasis.kernel.task.RandomSource;
import stasis.kernel.task.SyscallEntry;
import stasis.kernel.task.Task;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.time.HostClock;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.OpenHow;
import stasis.kernel.vfs.Vfs;
import stasis.platform.Platform;
import stasis.platform.PlatformException;
import stasis.platform.PlatformProvider;
import stasis.state.SavedTypes;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A whole sandbox in the test's own JVM: kernel and platform, without gofer and CLI. It can be
 * saved and restored after every n-th system call; what is restored is a new kernel over the same
 * pages.
 */
final class Sandbox implements AutoCloseable {
    /** Nothing that a test runs takes longer. */
    private static final long LIMIT_SECONDS = 60;

    /** How a program ended, and what it wrote. */
    record Result(int status, String output, int saves) {
        int exitCode() {
            return (status & 0x7f) == 0 ? status >> 8 & 0xff : 128 + (status & 0x7f);
        }
    }

    private final Platform platform;
    private final Map<Class<?>, Object> resources = new LinkedHashMap<>();
    private final SyscallEntry entry;
    private final CapturedOutput.Sink sink = new CapturedOutput.Sink();
    private final Semaphore saveWanted = new Semaphore(0);
    private final Checkpoint checkpoint = new Checkpoint(savedTypes());
    private Kernel kernel;

    /** Save and restore after this many calls; 0: never. */
    private int every;

    private int calls;
    private volatile boolean saving;
    private int saves;

    private static SavedTypes savedTypes() {
        return KernelSavedTypes.all().add(MethodHandles.lookup(), CapturedOutput.class);
    }

    Sandbox(PlatformProvider provider) throws PlatformException {
        platform = provider.open();
        Consumer<String> trace = System.err::println;
        SyscallEntry table =
                Kernel.calls(Boolean.getBoolean("stasis.strace") ? new Strace(trace) : null);
        entry = task -> counted(task, table);
        HostClock clock = new SystemClock();
        resources.put(HostClock.class, clock);
        resources.put(SyscallEntry.class, entry);
        RandomSource random = new TestRandom();
        resources.put(RandomSource.class, random);
        resources.put(CapturedOutput.Sink.class, sink);
        kernel = new Kernel(platform, clock, random, entry);
    }

    private static final class SystemClock implements HostClock {
        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }

        @Override
        public long realtimeNanos() {
            java.time.Instant now = java.time.Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }

        @Override
        public long ticks() {
            return TimeStampCounter.read();
        }
    }

    private static final class TestRandom implements RandomSource {
        private final Random random = new Random();

        @Override
        public void fill(MemorySegment to, long at, long length) {
            byte[] bytes = new byte[(int) length];
            random.nextBytes(bytes);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, to, at, length);
        }
    }

    Kernel kernel() {
        return kernel;
    }

    Sandbox savedEvery(int calls) {
        every = calls;
        return this;
    }

    private void counted(Task task, SyscallEntry table) {
        if (every > 0 && !task.redoing()) countOne(task);
        table.call(task);
    }

    private synchronized void countOne(Task task) {
        if (++calls % every != 0 || saving) return;
        saving = true;
        task.machine().tasks().requestPause();
        saveWanted.release();
    }

    /** A root of its own with {@code /proc}, {@code /dev}, {@code /tmp} and the given programs. */
    FsContext tmpfsRoot(List<Path> programs) throws Exception {
        StandardFiles files = new StandardFiles(kernel.machine());
        files.register();
        Tmpfs root = files.tmpfs(0755);
        Vfs vfs = kernel.machine().vfs();
        var top = vfs.newNamespace(root, 0, "root").root();
        FsContext fs = new FsContext(top, top, 022);
        Caller caller = new BootCaller(kernel.machine());
        for (String d : List.of("bin", "proc", "dev", "tmp", "etc")) {
            vfs.changes(caller, fs).mkdir(top, d, d.equals("tmp") ? 01777 : 0755);
        }
        for (Path p : programs) copy(caller, fs, p, "/bin/" + p.getFileName());
        files.mountStandard(caller, fs);
        return fs;
    }

    /**
     * The tree at {@code dir} through a gofer, with a writable overlay; /proc, /dev and /tmp anew.
     */
    FsContext hostRoot(Path dir) throws Exception {
        GoferConnection connection = gofer(dir);
        StandardFiles files = new StandardFiles(kernel.machine());
        files.register();
        Vfs vfs = kernel.machine().vfs();
        GoferFilesystem lower =
                new GoferFilesystem(vfs, kernel.machine().memory(), connection, "/", true);
        Overlay root = new Overlay(vfs, kernel.machine().memory(), lower.root());
        var top = vfs.newNamespace(root, 0, "overlay").root();
        FsContext fs = new FsContext(top, top, 022);
        Caller caller = new BootCaller(kernel.machine());
        files.mountStandard(caller, fs);
        files.mount(caller, fs, "/tmp", files.tmpfs(01777), "tmpfs");
        return fs;
    }

    static HostFd openDirectory(Path dir) throws HostException {
        byte[] path = dir.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        long flags = Fcntl.O_PATH | Fcntl.O_DIRECTORY | Fcntl.O_CLOEXEC;
        long fd = Host.openat2(Fcntl.AT_FDCWD, Scratch.ofThisThread().path(path), flags, 0, 0);
        return new HostFd((int) HostException.check(fd, "open " + dir));
    }

    private GoferConnection gofer(Path dir) throws Exception {
        FdSocket[] ends = FdSocket.pair(FdSocket.STREAM);
        HostFd top = openDirectory(dir);
        GoferServer server =
                new GoferServer(
                        new MessageSocket(ends[1].fd()), List.of(new Export("/", top, true)));
        Thread.ofPlatform()
                .daemon()
                .name("gofer")
                .start(
                        () -> {
                            try {
                                server.serve();
                            } catch (HostException | ProtocolException e) {
                                System.err.println("gofer: " + e.getMessage());
                            }
                        });
        GoferConnection connection = new GoferConnection(new MessageSocket(ends[0].fd()));
        resources.put(GoferConnection.class, connection);
        return connection;
    }

    private void copy(Caller caller, FsContext fs, Path from, String to) throws Exception {
        int flags = Fcntl.O_CREAT | Fcntl.O_WRONLY;
        Vfs vfs = kernel.machine().vfs();
        FileDescription file = vfs.open(caller, fs, fs.cwd(), to, OpenHow.of(flags, 0755));
        byte[] bytes = Files.readAllBytes(from);
        MemorySegment s = MemorySegment.ofArray(bytes);
        for (long done = 0; done < bytes.length; ) {
            done += file.write(caller, s, done, bytes.length - done);
        }
        file.release(caller);
    }

    /** Runs a program as the sandbox's first process and waits for its end. */
    Result run(FsContext fs, List<String> argv) throws Exception {
        start(fs, argv);
        return await();
    }

    ThreadGroup start(FsContext fs, List<String> argv) throws SyscallException, PlatformException {
        Vfs vfs = kernel.machine().vfs();
        Caller caller = new BootCaller(kernel.machine());
        List<@Nullable FileDescription> stdio = new ArrayList<>();
        var nullPath = vfs.resolve(caller, fs, fs.cwd(), "/dev/null", true);
        stdio.add(vfs.openPlace(caller, nullPath, Fcntl.O_RDWR));
        FileDescription out =
                new FileDescription(
                        new CapturedOutput(sink, AnonymousFilesystem.newPipe(vfs, caller)),
                        Fcntl.O_WRONLY,
                        null);
        stdio.add(out);
        stdio.add(out.acquire());
        FileDescription program = vfs.openForExec(caller, fs, fs.cwd(), argv.getFirst(), true);
        ProcessStart.Spec spec =
                new ProcessStart.Spec(
                        argv.getFirst(),
                        argv.stream().map(Sandbox::guestString).toList(),
                        List.of("PATH=/usr/bin:/bin", "HOME=/", "LANG=C"),
                        Credentials.root(),
                        new ResourceLimits(),
                        stdio,
                        null);
        ThreadGroup group = kernel.createProcess(fs, program, spec);
        group.leader().start();
        return group;
    }

    /** Guest strings are bytes, one to a character. */
    private static String guestString(String s) {
        return new String(s.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Saves and restores as often as asked for, until the first process has ended. */
    Result await() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        for (; ; ) {
            boolean wanted = saveWanted.tryAcquire(2, TimeUnit.MILLISECONDS);
            ThreadGroup init = init();
            if (init.isZombie()) return new Result(init.exitStatus(), sink.text(), saves);
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "still running after " + saves + " saves: " + sink.text() + stacks());
            }
            if (wanted) saveAndRestore();
        }
    }

    /** Where every task is, for a test that hangs. */
    private static String stacks() {
        StringBuilder s = new StringBuilder("\n");
        Thread.getAllStackTraces()
                .forEach(
                        (t, frames) -> {
                            if (!t.getName().startsWith("task-")) return;
                            s.append(t.getName()).append('\n');
                            for (StackTraceElement f : frames)
                                s.append("    ").append(f).append('\n');
                        });
        return s.toString();
    }

    private ThreadGroup init() {
        var tasks = kernel.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            ThreadGroup init = tasks.initLocked();
            if (init == null) throw new AssertionError("no first process");
            return init;
        }
    }

    /** Pauses, writes the graph, throws the kernel away and goes on with what was written. */
    void saveAndRestore() {
        kernel.pause();
        if (init().isZombie()) return;
        byte[] graph = checkpoint.graph(kernel);
        kernel.abandon();
        kernel = checkpoint.restoreGraph(graph, platform, resources);
        saves++;
        saving = false;
        kernel.start();
    }

    String output() {
        return sink.text();
    }

    @Override
    public void close() {
        kernel.pause();
        kernel.abandon();
        platform.close();
    }
}
