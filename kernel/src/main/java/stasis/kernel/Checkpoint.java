package stasis.kernel;

import stasis.arch.Pages;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.task.RandomSource;
import stasis.kernel.task.ThreadGroup;
import stasis.net.Entropy;
import stasis.platform.MemoryFile;
import stasis.platform.Platform;
import stasis.state.CorruptSnapshotException;
import stasis.state.SavedTypes;
import stasis.state.graph.GraphReader;
import stasis.state.graph.GraphWriter;
import stasis.state.image.Manifest;
import stasis.state.image.ManifestBuilder;
import stasis.state.image.Phases;
import stasis.state.image.SavedPages;
import stasis.state.image.SnapshotImage;
import stasis.state.image.SnapshotWriter;
import stasis.state.pages.Compression;
import stasis.state.pages.LostPagesException;
import stasis.state.pages.Run;
import stasis.state.store.ImageStore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Saving and restoring a kernel.
 *
 * <pre>
 * save      pause tasks, stop clocks → pages, and meanwhile the graph → the caller resumes or ends it
 * restore   graph: build, fill, hooks → {@link Kernel#start}: clocks, then threads; pages before
 *           or, one by one, when they are needed ({@link ImagePages})
 * </pre>
 *
 * Nothing of the guest runs between pause and resume, nor before start.
 */
public final class Checkpoint {
    private final Supplier<SavedTypes> types;

    public Checkpoint(SavedTypes types) {
        this(() -> types);
    }

    /**
     * @param types asked when it is needed, while pages are written already: to build the table
     *     takes a while
     */
    public Checkpoint(Supplier<SavedTypes> types) {
        this.types = types;
    }

    /** The object graph of a paused kernel. */
    public byte[] graph(Kernel kernel) {
        return new GraphWriter(types.get()).write(kernel);
    }

    /**
     * Writes a paused kernel into {@code store}. After an exception the store holds no image; the
     * kernel is as it was and can be resumed.
     */
    public Manifest save(
            Kernel kernel,
            ImageStore store,
            Compression compression,
            ManifestBuilder about,
            Phases phases)
            throws IOException {
        GuestMemory memory = kernel.machine().memory();
        memory.loadEverything();
        phases.done("missing pages there");
        List<Run> runs = runs(memory, kernel.machine().platform().memory());
        SavedPages pages = new SavedPages(memory.mapping(), runs, compression);
        about.platform(kernel.machine().platform().name());
        return SnapshotWriter.writeSections(store, () -> graph(kernel), pages, about, phases);
    }

    /** What is in use and was ever touched: to look at an untouched page would make it. */
    private static List<Run> runs(GuestMemory memory, MemoryFile file) {
        List<Run> runs = new ArrayList<>();
        for (stasis.kernel.mem.Run r : memory.runsInUse()) {
            long end = GuestMemory.offset(r.first()) + ((long) r.count() << Pages.SHIFT);
            long at = Math.min(end, file.nextData(GuestMemory.offset(r.first())));
            while (at < end) {
                long hole = Math.min(end, file.nextHole(at));
                runs.add(new Run(at, hole - at));
                at = Math.min(end, file.nextData(hole));
            }
        }
        return runs;
    }

    /** The processes of a paused kernel, for the manifest. */
    public static List<Manifest.ProcessInfo> processes(Kernel kernel) {
        List<Manifest.ProcessInfo> list = new ArrayList<>();
        try (var _ = kernel.machine().tasks().lock().hold()) {
            for (ThreadGroup g : kernel.machine().tasks().groupsLocked()) {
                list.add(new Manifest.ProcessInfo(g.pid(), g.leader().name(), g.tasks().size()));
            }
        }
        return list;
    }

    /**
     * A kernel as it was saved, its pages not yet there. Not running.
     *
     * @param resources what a snapshot cannot hold, by type; the platform's memory file is added
     * @throws CorruptSnapshotException if the graph is damaged or of another build
     */
    public Kernel restoreGraph(byte[] graph, Platform platform, Map<Class<?>, Object> resources) {
        Map<Class<?>, Object> all = new LinkedHashMap<>(resources);
        all.put(Platform.class, platform);
        all.put(MemoryFile.class, platform.memory());
        if (resources.get(RandomSource.class) instanceof RandomSource random) {
            all.put(Entropy.class, new DrawnEntropy(random));
        }
        return new GraphReader(types.get()).read(graph, Kernel.class, all);
    }

    /** Graph and all pages of an image; start the kernel to set it going. */
    public Kernel restore(SnapshotImage image, Platform platform, Map<Class<?>, Object> resources)
            throws IOException {
        Kernel kernel = restoreGraph(image.graph(), platform, resources);
        ImagePages pages = missingPages(kernel, image, _ -> {});
        try {
            pages.finish();
        } catch (LostPagesException e) {
            if (e.getCause() instanceof IOException io) throw io;
            if (e.getCause() instanceof CorruptSnapshotException corrupt) throw corrupt;
            throw e;
        }
        return kernel;
    }

    /**
     * Lets a kernel from {@link #restoreGraph} go on without its pages: each comes when it is
     * needed. The caller sees to the rest.
     *
     * @param lost as {@link ImagePages} has it
     */
    public static ImagePages missingPages(
            Kernel kernel, SnapshotImage image, Consumer<Exception> lost) {
        GuestMemory memory = kernel.machine().memory();
        if (image.index().memorySize() > memory.mapping().byteSize()) {
            throw new CorruptSnapshotException(
                    "pages.index: more memory than the "
                            + memory.mapping().byteSize()
                            + " bytes that a sandbox has");
        }
        return new ImagePages(image, memory, lost);
    }
}
