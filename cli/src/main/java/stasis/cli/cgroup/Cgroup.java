package stasis.cli.cgroup;

import org.jspecify.annotations.Nullable;

import stasis.cli.oci.Resources;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The cgroup of one container: a folder, or with version 1 one for each controller. */
public final class Cgroup {
    private static final String PROCS = "cgroup.procs";
    private static final int TRIES = 200;
    private static final long TRY_AGAIN_NANOS = 5_000_000;

    private final List<Path> folders;

    private Cgroup(List<Path> folders) {
        this.folders = folders;
    }

    /** One that is there already, by its {@link #folders}. */
    public static @Nullable Cgroup known(@Nullable Object folders) {
        if (!(folders instanceof List<?> list) || list.isEmpty()) return null;
        List<Path> paths = new ArrayList<>();
        for (Object o : list) paths.add(Path.of(String.valueOf(o)));
        return new Cgroup(paths);
    }

    /**
     * Made if it is not there.
     *
     * @param path {@code cgroupsPath}: from the top, or if it does not begin with a slash from
     *     where this process is
     * @throws IOException also where there is no cgroup to be had
     */
    public static Cgroup create(String path) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (Hierarchies.Hierarchy h : Hierarchies.find()) {
            boolean absolute = path.startsWith("/");
            Path top = absolute ? h.mount() : h.own();
            Path folder = top.resolve(absolute ? path.substring(1) : path).normalize();
            if (!folder.startsWith(h.mount()) || folder.equals(h.mount())) {
                throw new IOException(path + " leads out of " + h.mount());
            }
            make(h, folder);
            folders.add(folder);
        }
        if (folders.isEmpty()) throw new IOException("no cgroup file system is mounted");
        return new Cgroup(folders);
    }

    private static void make(Hierarchies.Hierarchy h, Path folder) throws IOException {
        Path at = h.mount();
        for (Path name : h.mount().relativize(folder)) {
            if (h.unified()) enableControllers(at);
            Path parent = at;
            at = at.resolve(name);
            if (Files.isDirectory(at)) continue;
            create(at);
            if (Files.exists(at.resolve("cpuset.mems"))) inheritCpuset(parent, at);
        }
    }

    private static void create(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (AccessDeniedException e) {
            throw new IOException(folder + ": permission denied", e);
        }
    }

    /** What the parent does not have cannot be had; limits that are wanted fail later. */
    private static void enableControllers(Path parent) {
        for (String controller : List.of("cpu", "cpuset", "memory", "pids", "io")) {
            attempt(parent.resolve("cgroup.subtree_control"), "+" + controller);
        }
    }

    private static void attempt(Path file, String value) {
        try {
            Files.writeString(file, value);
        } catch (IOException e) {
            return;
        }
    }

    /** Version 1 lets nobody into a cpuset that is empty, as new ones are. */
    private static void inheritCpuset(Path parent, Path child) throws IOException {
        for (String name : List.of("cpuset.cpus", "cpuset.mems")) {
            if (!Files.exists(child.resolve("cgroup.controllers"))) {
                Files.writeString(child.resolve(name), Files.readString(parent.resolve(name)));
            }
        }
    }

    public List<String> folders() {
        return folders.stream().map(Path::toString).toList();
    }

    /** This process with all its threads, and the children that it will have. */
    public void join() throws IOException {
        for (Path folder : folders) Files.writeString(folder.resolve(PROCS), "0");
    }

    /** Then waiting for it to be empty is in vain. */
    private static boolean isMine(Path folder) {
        try {
            String me = Long.toString(ProcessHandle.current().pid());
            return Files.readAllLines(folder.resolve(PROCS)).contains(me);
        } catch (IOException e) {
            return false;
        }
    }

    public void limit(Resources resources) throws IOException {
        for (Path folder : folders) new Limits(folder).set(resources);
    }

    /** If nobody else is in it; the last ones of ours may be on their way out. */
    public void remove() {
        for (Path folder : folders) {
            for (int i = 0; i < TRIES && Files.isDirectory(folder); i++) {
                if (folder.toFile().delete() || isMine(folder)) break;
                LockSupport.parkNanos(TRY_AGAIN_NANOS);
            }
        }
    }
}
