package stasis.kernel.vfs;

import static stasis.abi.Errno.ENOENT;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;

/**
 * Where a walk ended.
 *
 * @param parent the directory of the last component
 * @param name the last component, or "." if the walk ended in something that has no name there: the
 *     root, ".", "..", the end of a magic link
 * @param path what it names, or null if there is no such entry
 * @param slash slashes follow the last component: it must be a directory
 */
record Walked(Path parent, String name, @Nullable Path path, boolean slash) {
    static final String NO_NAME = ".";

    boolean hasName() {
        return !name.equals(NO_NAME);
    }

    /** ENOENT if nothing is there. */
    Path required() throws ErrnoException {
        if (path == null) throw ENOENT.exception();
        return path;
    }
}
