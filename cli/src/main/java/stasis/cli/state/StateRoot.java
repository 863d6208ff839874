package stasis.cli.state;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** {@code --root}: the folder with the containers of one user or client. */
public final class StateRoot {
    private static final int MAX_ID = 1024;

    /** What no id looks like. */
    private static final String POOLS = "@pools";

    private static final String MEMBERS = "@members";

    private final Path path;

    public StateRoot(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    /** Where containers are when nobody says: the same for every command of a user. */
    public static Path standard(boolean root, @Nullable String runtimeDir) {
        if (root || runtimeDir == null || runtimeDir.isEmpty()) return Path.of("/run/stasis");
        return Path.of(runtimeDir, "stasis");
    }

    public Path path() {
        return path;
    }

    /** The folders of pools, each like a container's. */
    public StateRoot pools() {
        return new StateRoot(path.resolve(POOLS));
    }

    /** Containers that wait in a pool and have no name yet. */
    public StateRoot members() {
        return new StateRoot(path.resolve(MEMBERS));
    }

    /** Of a container that may be there or not. */
    public ContainerDirectory folder(String id) {
        return new ContainerDirectory(path.resolve(id));
    }

    /** Fails if there is a container of that name. */
    public void refuseIfUsed(String id) throws Failure {
        try {
            if (Files.isDirectory(folder(id).path()) && !folder(id).isStale())
                throw inUse(id, null);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + folder(id).path() + ": " + e, e);
        }
    }

    private static Failure inUse(String id, @Nullable Exception cause) {
        String line = "container id \"" + id + "\" is in use";
        return cause == null
                ? new Failure(ExitCode.FAILED, line)
                : new Failure(ExitCode.FAILED, line, cause);
    }

    /** A container that was a pool's member becomes one of these. */
    public void adopt(ContainerDirectory member, String id) throws Failure {
        ContainerDirectory place = folder(id);
        try {
            if (Files.isDirectory(place.path()) && place.isStale()) place.delete();
            Files.move(member.path(), place.path(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (Files.exists(place.path())) throw inUse(id, e);
            throw new Failure(ExitCode.FAILED, "cannot make " + place.path() + ": " + e, e);
        }
    }

    public static void checkId(String id) throws Failure {
        if (!isId(id)) {
            throw new Failure(
                    ExitCode.FAILED,
                    "\"" + id + "\" is no container id: use letters, digits, _+.-");
        }
    }

    /** As runc has it. Not a regular expression: the first one costs 10 ms. */
    private static boolean isId(String id) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && !(c >= '0' && c <= '9') && "_+.-".indexOf(c) < 0) return false;
        }
        return !id.isEmpty() && id.length() <= MAX_ID && !id.equals(".") && !id.equals("..");
    }

    public ContainerDirectory find(String id) throws Failure {
        checkId(id);
        ContainerDirectory found = new ContainerDirectory(path.resolve(id));
        try {
            if (Files.isDirectory(found.path())) {
                if (!found.isStale()) return found;
                found.delete();
            }
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + found.path() + ": " + e, e);
        }
        throw new Failure(ExitCode.FAILED, "container \"" + id + "\" does not exist");
    }

    /** A folder for a new container. */
    public ContainerDirectory.Made create(String id) throws Failure {
        checkId(id);
        ContainerDirectory folder = new ContainerDirectory(path.resolve(id));
        try {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
            if (Files.isDirectory(folder.path()) && folder.isStale()) folder.delete();
            return folder.make();
        } catch (FileAlreadyExistsException e) {
            throw new Failure(ExitCode.SANDBOX, "container id \"" + id + "\" is in use", e);
        } catch (IOException e) {
            throw new Failure(ExitCode.SANDBOX, "cannot make " + folder.path() + ": " + e, e);
        }
    }

    /** Those that anyone may ask for; what is stale is removed. */
    public List<ContainerDirectory> list() throws IOException {
        List<ContainerDirectory> all = new ArrayList<>();
        if (!Files.isDirectory(path)) return all;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                ContainerDirectory folder = new ContainerDirectory(entry);
                if (!Files.isDirectory(entry) || folder.id().startsWith("@")) continue;
                if (folder.isHidden()) {
                    folder.removeIfForgotten();
                } else if (folder.isStale()) {
                    folder.delete();
                } else {
                    all.add(folder);
                }
            }
        }
        all.sort(java.util.Comparator.comparing(ContainerDirectory::id));
        return all;
    }
}
