package stasis.state.store;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * An image in a directory of this host. A new one is written beside its place and moved there when
 * it is complete and on the disk:
 *
 * <pre>
 *   step                            if killed after it, the next begin or open finds
 *   .NAME.new written, fsynced      NAME as before; .NAME.new is deleted
 *   NAME → .NAME.old (if replaced)  no NAME: .NAME.old is moved back, .NAME.new is deleted
 *   .NAME.new → NAME, fsync parent  the new NAME; .NAME.old is deleted
 *   .NAME.old deleted               the new NAME
 * </pre>
 *
 * So at every moment the earlier image or the new one is whole and is found. {@code .NAME.lock}
 * keeps writers apart.
 */
public final class DirectoryStore implements ImageStore, Closeable {
    /** Not ours: container clients take a folder with a file of this name for a checkpoint. */
    public static final String INVENTORY = "inventory.img";

    /** All that an image directory may contain; nothing else is ever deleted. */
    private static final Set<String> NAMES =
            Set.of("manifest.json", "kernel.graph", "pages.index", "pages.data", INVENTORY);

    private static final String MANIFEST = "manifest.json";

    /** An image holds all that the guest had in memory. */
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path target;
    private final Path directory;
    private final boolean replace;
    private final @Nullable StoreLock lock;
    private boolean done;

    private DirectoryStore(Path target, Path directory, boolean replace, @Nullable StoreLock lock) {
        this.target = target;
        this.directory = directory;
        this.replace = replace;
        this.lock = lock;
        this.done = lock == null;
    }

    /** An existing image, to read. */
    public static DirectoryStore open(Path image) throws IOException {
        Path target = image.toAbsolutePath().normalize();
        if (!exists(target) && exists(sibling(target, "old"))) {
            try (StoreLock lock = StoreLock.tryTake(sibling(target, "lock"))) {
                if (lock != null) recover(target);
            }
        }
        return new DirectoryStore(target, target, false, null);
    }

    /**
     * A new image. Cleans up what killed writers left.
     *
     * @param replace whether an image that is there already may be replaced
     */
    public static DirectoryStore begin(Path image, boolean replace) throws IOException {
        Path target = image.toAbsolutePath().normalize();
        Path parent = target.getParent();
        if (parent == null || target.getFileName() == null) {
            throw new IOException(image + ": not a place for an image");
        }
        StoreLock lock = StoreLock.tryTake(sibling(target, "lock"));
        if (lock == null) throw new IOException(image + ": another image is being written there");
        try {
            recover(target);
            checkTarget(target, replace);
            Path fresh = Files.createDirectory(sibling(target, "new"), OWNER_ONLY);
            return new DirectoryStore(target, fresh, replace, lock);
        } catch (Throwable e) {
            lock.close();
            throw e;
        }
    }

    /** Where the files are; of a new image, until it is committed. */
    public Path directory() {
        return directory;
    }

    @Override
    public Section create(String name) throws IOException {
        if (done) throw new IllegalStateException("not writing an image");
        return new FileSection(
                FileChannel.open(
                        resolve(name),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
    }

    @Override
    public Section open(String name) throws IOException {
        Path file = resolve(name);
        if (exists(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is not a file");
        }
        return new FileSection(
                FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    /** Puts the new image in its place. Once it returns, a power failure cannot undo it. */
    public void commit() throws IOException {
        if (done) throw new IllegalStateException("not writing an image");
        if (!exists(directory.resolve(MANIFEST))) throw new IOException("no manifest was written");
        checkTarget(target, replace);
        syncFiles();
        sync(directory);
        Path old = sibling(target, "old");
        boolean replacing = exists(target);
        if (replacing) move(target, old);
        try {
            move(directory, target);
        } catch (IOException e) {
            if (replacing) move(old, target);
            throw e;
        }
        done = true;
        sync(parent(target));
        if (replacing) deleteLater(old);
        close();
    }

    /** Gives up: deletes what was written. An earlier image stays as it is. */
    public void abort() throws IOException {
        close();
    }

    /** Without {@link #commit}, the same as {@link #abort}. */
    @Override
    public void close() throws IOException {
        if (lock == null) return;
        try {
            if (!done) delete(directory);
        } finally {
            done = true;
            lock.close();
        }
    }

    /** Precondition: the lock is held. */
    private static void recover(Path target) throws IOException {
        Path old = sibling(target, "old");
        if (exists(old)) {
            if (exists(target)) {
                delete(old);
            } else {
                move(old, target);
                sync(parent(target));
            }
        }
        delete(sibling(target, "new"));
    }

    private static void checkTarget(Path target, boolean replace) throws IOException {
        if (!exists(target)) return;
        if (!replace) throw new FileAlreadyExistsException(target.toString());
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(target + " is not an image and is not replaced");
        }
        for (Path entry : entries(target)) {
            if (!NAMES.contains(nameOf(entry))) {
                throw new IOException(
                        target + " is not an image and is not replaced: it holds " + nameOf(entry));
            }
        }
    }

    private void syncFiles() throws IOException {
        for (Path file : entries(directory)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    /** The new image is in place: what cannot be deleted now, the next begin deletes. */
    private static void deleteLater(Path old) {
        try {
            delete(old);
        } catch (IOException e) {
            assert exists(old);
        }
    }

    /** The manifest first: what is left of an image is never taken for one. */
    private static void delete(Path directory) throws IOException {
        if (!exists(directory)) return;
        Files.deleteIfExists(directory.resolve(MANIFEST));
        for (String name : NAMES) Files.deleteIfExists(directory.resolve(name));
        Files.delete(directory);
    }

    private static List<Path> entries(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(entries::add);
        }
        return entries;
    }

    private Path resolve(String name) {
        if (!NAMES.contains(name)) throw new IllegalArgumentException("no section " + name);
        return directory.resolve(name);
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path sibling(Path target, String suffix) {
        return target.resolveSibling("." + nameOf(target) + "." + suffix);
    }

    private static Path parent(Path target) {
        Path parent = target.getParent();
        if (parent == null) throw new IllegalArgumentException(target.toString());
        return parent;
    }

    private static String nameOf(Path path) {
        return String.valueOf(path.getFileName());
    }
}
