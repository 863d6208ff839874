package stasis.cli.state;

import org.jspecify.annotations.Nullable;

import stasis.cli.Json;
import stasis.cli.cgroup.Cgroup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The folder of one container.
 *
 * <pre>
 *   state.json     what does not change: id, bundle, pid, annotations, created
 *   status         what the sandbox says of itself: creating, created, running, paused, stopped
 *   lock           held by the sandbox as long as it lives: its death needs no witness
 *   control.sock   where the sandbox listens
 * </pre>
 */
public final class ContainerDirectory {
    private static final String STATE = "state.json";
    private static final String STATUS = "status";
    private static final String LOCK = "lock";
    private static final String SOCKET = "control.sock";

    private static final int LOCK_TRIES = 100;
    private static final long LOCK_AGAIN_NANOS = 1_000_000;
    private static final int BEGINNING_SECONDS = 2;

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
        Files.move(fresh, path.resolve(STATE), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** Without the status. Empty if the sandbox has not got so far. */
    public Map<String, @Nullable Object> readState() throws IOException {
        try {
            return Json.object(Files.readAllBytes(path.resolve(STATE)));
        } catch (NoSuchFileException e) {
            return new LinkedHashMap<>();
        }
    }

    /**
     * Takes the lock for good; null if someone has it. The channel must stay open. Those who only
     * look have it for a moment.
     */
    public @Nullable FileChannel lock() throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        for (int i = 0; i < LOCK_TRIES; i++) {
            FileLock lock = channel.tryLock();
            if (lock != null) return channel;
            LockSupport.parkNanos(LOCK_AGAIN_NANOS);
        }
        channel.close();
        return null;
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
        if (isAlive()) return lastStatus();
        return isBeginning() ? "creating" : "stopped";
    }

    /** Nothing that anyone would ask for: a sandbox that never came to be, or a finished run. */
    boolean isStale() throws IOException {
        if (isAlive() || isBeginning()) return false;
        return lastStatus().equals("creating") || Boolean.TRUE.equals(readState().get("transient"));
    }

    /** Made a moment ago, by a sandbox that is about to take the lock. */
    private boolean isBeginning() throws IOException {
        if (Files.exists(path.resolve(LOCK)) || Files.exists(path.resolve(STATUS))) return false;
        Instant made = Files.getLastModifiedTime(path).toInstant();
        return made.isAfter(Instant.now().minusSeconds(BEGINNING_SECONDS));
    }

    /** With the cgroup that the sandbox was in. */
    public void delete() throws IOException {
        Cgroup cgroup = Cgroup.known(readState().get("cgroups"));
        if (cgroup != null) cgroup.remove();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) Files.deleteIfExists(entry);
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(path);
    }
}
