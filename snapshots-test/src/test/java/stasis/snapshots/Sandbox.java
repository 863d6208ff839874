package stasis.snapshots;

import org.jspecify.annotations.Nullable;

import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.arch.Pages;
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
import stasis.kernel.ImagePages;
import stasis.kernel.Kernel;
import stasis.kernel.KernelSavedTypes;
import stasis.kernel.SavedMoment;
import stasis.kernel.StandardFiles;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.gofer.GoferFilesystem;
import stasis.kernel.fs.overlay.Overlay;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.Run;
import stasis.kernel.mem.SealedPages;
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
import stasis.state.image.ManifestBuilder;
import stasis.state.image.Phases;
import stasis.state.image.SnapshotImage;
import stasis.state.pages.Compression;
import stasis.state.pages.LostPagesException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

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

    /** Where it is saved, if its pages are to be there as well; a new one for each time. */
    private @Nullable Supplier<ImageInMemory> images;

    /** Memory is sealed whenever it is restored. */
    private boolean overSealed;

    /** Memory is sealed in place of the first save, and may be copied at full speed so far. */
    private long bound = -1;

    /** Since the last save. */
    private @Nullable SealedPages seal;

    /** The kernel goes on while it is written into an image, and is not restored. */
    private boolean leftRunning;

    private int kept;
    private final List<ImageInMemory> written = new ArrayList<>();

    private boolean inBackground;
    private @Nullable ImageInMemory image;
    private @Nullable ImagePages missing;
    private @Nullable Thread loader;
    private volatile @Nullable Exception lost;

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

    /** Allocates nothing. */
    private static final class SystemClock implements HostClock {
        private final long realtimeOffset = realtime() - System.nanoTime();

        private static long realtime() {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }

        @Override
        public long realtimeNanos() {
            return System.nanoTime() + realtimeOffset;
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

    /**
     * Saves go through whole images, and what is restored begins without a page in memory.
     *
     * @param background whether pages also come without being asked for; otherwise the next save
     *     brings the rest
     */
    Sandbox onDemand(boolean background, Supplier<ImageInMemory> from) {
        images = from;
        inBackground = background;
        return this;
    }

    /** What is restored goes on over memory that somebody else reads, and stays as it was. */
    Sandbox overSealedMemory() {
        overSealed = true;
        return this;
    }

    /**
     * Memory is sealed once, while the kernel goes on, which is slowed when it has written more.
     */
    Sandbox slowedBeyond(long bytes) {
        bound = bytes;
        return this;
    }

    /** How often somebody was slowed. */
    long waits() {
        SealedPages open = seal;
        return open == null ? 0 : open.waits();
    }

    /** Images are written while the kernel goes on, and compared with what it was. */
    Sandbox leftRunning() {
        return leftRunning(0);
    }

    /**
     * @param images that are kept: every third, up to so many
     */
    Sandbox leftRunning(int images) {
        leftRunning = true;
        kept = images;
        return this;
    }

    /** Those that were kept. */
    List<ImageInMemory> written() {
        return written;
    }

    /** Where it was last saved. */
    @Nullable ImageInMemory image() {
        return image;
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
        ThreadGroup group = create(fs, argv);
        group.leader().start();
        return group;
    }

    /** A process that does not run yet. */
    ThreadGroup create(FsContext fs, List<String> argv) throws SyscallException, PlatformException {
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
        return kernel.createProcess(fs, program, spec);
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
            if (lost != null) throw new LostPagesException(lost);
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
        if (leftRunning) kernel.machine().memory().prepareSeal();
        kernel.pause();
        if (init().isZombie()) return;
        if (bound >= 0) {
            if (seal == null) seal = kernel.machine().memory().seal(bound);
            saving = false;
            kernel.resume();
            return;
        }
        if (leftRunning) {
            saveAndGoOn();
            return;
        }
        Supplier<ImageInMemory> from = images;
        if (from == null) {
            byte[] graph = checkpoint.graph(kernel);
            kernel.abandon();
            if (overSealed) sealAgain();
            kernel = checkpoint.restoreGraph(graph, platform, resources);
        } else {
            throughImage(from.get());
        }
        saves++;
        saving = false;
        kernel.start();
        if (inBackground) loader = Thread.ofPlatform().daemon().name("loader").start(this::load);
    }

    private void sealAgain() {
        SealedPages before = seal;
        if (before != null) before.close();
        seal = kernel.machine().memory().seal();
    }

    private ManifestBuilder about() {
        ManifestBuilder about = new ManifestBuilder().stasisVersion("test").created(Instant.MIN);
        return about.cpu(platform.fpuFeatures(), List.of()).container("c", List.of());
    }

    private void saveAndGoOn() {
        ImageInMemory to = new ImageInMemory();
        Map<Run, byte[]> then;
        try (SavedMoment moment = checkpoint.moment(kernel, about(), Phases.NONE)) {
            then = content();
            kernel.resume();
            moment.write(to, Compression.LZ4, Phases.NONE);
            SnapshotImage opened = SnapshotImage.open(to);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment loaded = arena.allocate(opened.index().memorySize(), 4096);
                opened.pages().loadAll(loaded);
                then.forEach((run, bytes) -> compare(run, bytes, loaded));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        if (saves++ % 3 == 0 && written.size() < kept) written.add(to);
        saving = false;
    }

    /** What guests have in memory now. */
    private Map<Run, byte[]> content() {
        GuestMemory memory = kernel.machine().memory();
        Map<Run, byte[]> all = new LinkedHashMap<>();
        for (Run r : memory.runsInUse()) {
            long bytes = (long) r.count() << Pages.SHIFT;
            MemorySegment run = memory.mapping().asSlice(GuestMemory.offset(r.first()), bytes);
            all.put(r, run.toArray(ValueLayout.JAVA_BYTE));
        }
        return all;
    }

    private static void compare(Run run, byte[] then, MemorySegment loaded) {
        long from = GuestMemory.offset(run.first());
        long end = Math.min(loaded.byteSize(), from + then.length); // what follows is zero
        MemorySegment expected = MemorySegment.ofArray(then);
        if (end > from) {
            long at = expected.asSlice(0, end - from).mismatch(loaded.asSlice(from, end - from));
            if (at >= 0) throw new AssertionError("the image has something else at " + (from + at));
        }
        for (long at = Math.max(0, end - from); at < then.length; at++) {
            if (then[(int) at] != 0) throw new AssertionError("not in the image: " + (from + at));
        }
    }

    /** Goes on with an image, in place of whatever is there. */
    Result restored(ImageInMemory from) throws Exception {
        kernel.pause();
        kernel.abandon();
        platform.memory().punch(0, platform.memory().size());
        kernel = checkpoint.restore(SnapshotImage.open(from), platform, resources);
        kernel.start();
        return await();
    }

    private void throughImage(ImageInMemory to) {
        try {
            checkpoint.save(kernel, to, Compression.LZ4, about(), Phases.NONE);
            endLoading();
            kernel.abandon();
            platform.memory().punch(0, platform.memory().size());
            SnapshotImage opened = SnapshotImage.open(to);
            kernel = checkpoint.restoreGraph(opened.graph(), platform, resources);
            missing = Checkpoint.missingPages(kernel, opened, e -> lost = e);
            image = to;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void load() {
        ImagePages pages = missing;
        if (pages == null) return;
        try {
            pages.loadInBackground();
            pages.finish();
        } catch (LostPagesException e) {
            return; // await() tells
        }
    }

    private void endLoading() {
        ImagePages pages = missing;
        if (pages != null) pages.stop();
        try {
            Thread t = loader;
            if (t != null) t.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    String output() {
        return sink.text();
    }

    /** Whatever its programs do. */
    @Override
    public void close() {
        endLoading();
        if (!kernel.close()) throw new AssertionError("a task does not end" + stacks());
        platform.close();
    }
}
