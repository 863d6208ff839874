package stasis.cli.state;

import org.jspecify.annotations.Nullable;

import stasis.cli.Json;
import stasis.cli.cgroup.Cgroup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The folder of one container.
 *
 * <pre>
 *   state.json     what does not change: id, bundle, pid, annotations, created
 *   status         what the sandbox says of itself: creating, created, running, paused, stopped
 *   lock           held by the sandbox from before the folder has its name until it dies
 *   control.sock   where the sandbox listens
 * </pre>
 */
public final class ContainerDirectory {
    private static final String STATE = "state.json";
    private static final String STATUS = "status";
    private static final String LOCK = "lock";
    private static final String SOCKET = "control.sock";

    /** What no id begins with: a folder on its way in or out. */
    private static final String HIDDEN = "~";

    /** Longer than anybody takes to fill or to empty one. */
    private static final int HIDDEN_SECONDS = 60;

    private final Path path;

    ContainerDirectory(Path path) {
        this.path = path;
    }

    public Path path() {
        return path;
    }

    public String id() {
        return String.valueOf(path.getFileName());
    }

    public Path socket() {
        return path.resolve(SOCKET);
    }

    public void writeState(Map<String, @Nullable Object> state) throws IOException {
        Path fresh = path.resolve(STATE + ".new");
        Files.writeString(fresh, Json.pretty(state) + "\n");
        Files.move(fresh, path.resolve(STATE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Without the status. Empty if the sandbox has not got so far. */
    public Map<String, @Nullable Object> readState() throws IOException {
        try {
            return Json.object(Files.readAllBytes(path.resolve(STATE)));
        } catch (NoSuchFileException e) {
            return new LinkedHashMap<>();
        }
    }

    /** A folder that was made, and its lock: to be held as long as the container lives. */
    public record Made(ContainerDirectory folder, FileChannel lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            lock.close();
        }
    }

    /**
     * Makes the folder: locked from the first moment that anybody sees it, so that one without a
     * lock is nobody's.
     *
     * @throws FileAlreadyExistsException if there is one
     */
    Made make() throws IOException {
        ContainerDirectory hidden = hidden();
        var owner = PosixFilePermissions.fromString("rwx------");
        Files.createDirectory(hidden.path, PosixFilePermissions.asFileAttribute(owner));
        FileChannel channel =
                FileChannel.open(
                        hidden.path.resolve(LOCK),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        boolean made = false;
        try {
            if (channel.tryLock() == null) throw new IOException(hidden.path + " is locked");
            Files.move(hidden.path, path, StandardCopyOption.ATOMIC_MOVE);
            made = true;
            return new Made(this, channel);
        } catch (FileSystemException e) {
            if (Files.exists(path)) throw new FileAlreadyExistsException(path.toString());
            throw e;
        } finally {
            if (!made) {
                channel.close();
                hidden.empty();
            }
        }
    }

    private ContainerDirectory hidden() {
        String name = ProcessHandle.current().pid() + "-" + System.nanoTime();
        return new ContainerDirectory(path.resolveSibling(HIDDEN + name));
    }

    boolean isHidden() {
        return id().startsWith(HIDDEN);
    }

    /** Whoever was to fill or to empty it has died. */
    void removeIfForgotten() throws IOException {
        try {
            Instant changed = Files.getLastModifiedTime(path).toInstant();
            if (changed.isAfter(Instant.now().minusSeconds(HIDDEN_SECONDS)) || isAlive()) return;
        } catch (NoSuchFileException e) {
            return; // just now
        }
        empty();
    }

    /** Where the sandbox notes its status, also when it can open no file any more. */
    public FileChannel openStatus() throws IOException {
        return FileChannel.open(
                path.resolve(STATUS), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private String lastStatus() throws IOException {
        try {
            return Files.readString(path.resolve(STATUS)).strip();
        } catch (NoSuchFileException e) {
            return "creating";
        }
    }

    public boolean isAlive() throws IOException {
        try (FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.READ)) {
            return channel.tryLock(0, Long.MAX_VALUE, true) == null; // shared with others who look
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** A sandbox that does not live any more is stopped, whatever it said last. */
    public String status() throws IOException {
        return isAlive() ? lastStatus() : "stopped";
    }

    /** Nothing that anyone would ask for: a sandbox that never came to be, or a finished run. */
    boolean isStale() throws IOException {
        if (isAlive()) return false;
        return lastStatus().equals("creating") || Boolean.TRUE.equals(readState().get("transient"));
    }

    /** With the cgroup that the sandbox was in. */
    public void delete() throws IOException {
        Cgroup cgroup = Cgroup.known(readState().get("cgroups"));
        if (cgroup != null) cgroup.remove();
        ContainerDirectory hidden = hidden();
        try {
            Files.move(path, hidden.path, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return; // somebody else was faster
        }
        hidden.empty();
    }

    private void empty() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) Files.deleteIfExists(entry);
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(path);
    }
}
