package stasis.cli.boot;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.host.Scratch;
import stasis.state.image.SnapshotImage;
import stasis.state.store.DirectoryStore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Opens the files of an image, and reads nothing of them. */
public final class ImageFiles {
    /** The order in which they are passed. */
    public static final List<String> NAMES =
            List.of(
                    SnapshotImage.MANIFEST,
                    SnapshotImage.GRAPH,
                    SnapshotImage.PAGES_INDEX,
                    SnapshotImage.PAGES_DATA);

    private static final int AT_FDCWD = -100;
    private static final int EINVAL = 22;
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NOFOLLOW_CLOEXEC = 0x20000 | O_CLOEXEC;

    private ImageFiles() {}

    static FdStore open(Path image) throws Failure {
        return of(openForReading(image));
    }

    /** The files of an image, in the order of {@link #NAMES}. */
    public static HostFd[] openForReading(Path image) throws Failure {
        if (!Files.exists(image)) recover(image);
        if (!Files.exists(image)) {
            throw new Failure(ExitCode.SANDBOX, image + ": no such file or directory");
        }
        if (!Files.exists(image.resolve(SnapshotImage.MANIFEST))) {
            throw new Failure(ExitCode.SANDBOX, image + " is no image: it has no manifest.json");
        }
        try {
            HostFd[] fds = new HostFd[NAMES.size()];
            for (int i = 0; i < fds.length; i++) fds[i] = open(image.resolve(NAMES.get(i)), 0);
            return fds;
        } catch (HostException e) {
            throw new Failure(ExitCode.SANDBOX, "image " + image + ": " + e.getMessage(), e);
        }
    }

    /** Files in memory, for an image that only descriptors lead to. */
    public static HostFd[] inMemory() throws HostException {
        HostFd[] fds = new HostFd[NAMES.size()];
        for (int i = 0; i < fds.length; i++) fds[i] = Host.memfd(NAMES.get(i));
        return fds;
    }

    /** The same once more, for whoever must not write; what was there is closed. */
    public static void becomeReadOnly(HostFd[] inMemory) throws HostException {
        for (int i = 0; i < inMemory.length; i++) {
            HostFd readOnly = openAny(Path.of("/proc/self/fd/" + inMemory[i].number()), O_CLOEXEC);
            inMemory[i].close();
            inMemory[i] = readOnly;
        }
    }

    /** A writer that was killed may have left the image under another name. */
    private static void recover(Path image) throws Failure {
        try {
            DirectoryStore.open(image).close();
        } catch (IOException e) {
            throw new Failure(ExitCode.SANDBOX, "image " + image + ": " + e.getMessage(), e);
        }
    }

    /**
     * The files of an image that is being written, in the order of {@link #NAMES}. Pages go past
     * the host's page cache where that can be: filling it takes longer than the disk does, and
     * makes the sandbox's memory needed twice.
     */
    public static HostFd[] openForWriting(Path folder) throws HostException {
        HostFd[] fds = new HostFd[NAMES.size()];
        for (int i = 0; i < fds.length; i++) {
            Path file = folder.resolve(NAMES.get(i));
            boolean pages = NAMES.get(i).equals(SnapshotImage.PAGES_DATA);
            fds[i] = pages ? openDirect(file) : open(file, O_RDWR);
        }
        return fds;
    }

    /** open(2): EINVAL from a file system that has no O_DIRECT. */
    private static HostFd openDirect(Path file) throws HostException {
        try {
            return open(file, O_RDWR | FdSection.O_DIRECT);
        } catch (HostException e) {
            if (e.errno() != EINVAL) throw e;
            return open(file, O_RDWR);
        }
    }

    static FdStore of(HostFd[] passed) throws Failure {
        if (passed.length != NAMES.size()) {
            throw new Failure(ExitCode.FAILED, "an image has " + NAMES.size() + " files");
        }
        Map<String, HostFd> sections = new LinkedHashMap<>();
        for (int i = 0; i < passed.length; i++) sections.put(NAMES.get(i), passed[i]);
        return new FdStore(sections);
    }

    private static HostFd open(Path path, int flags) throws HostException {
        return openAny(path, flags | O_NOFOLLOW_CLOEXEC);
    }

    private static HostFd openAny(Path path, int flags) throws HostException {
        long at = Scratch.ofThisThread().path(path.toString());
        long fd = Host.syscall(Nr.OPENAT, AT_FDCWD, at, flags);
        return new HostFd((int) HostException.check(fd, "open " + path));
    }
}
