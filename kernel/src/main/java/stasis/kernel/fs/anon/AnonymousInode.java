package stasis.kernel.fs.anon;

import static stasis.abi.StatMode.S_IFMT;

import org.jspecify.annotations.Nullable;

import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.state.Saved;

/** What fstat(2) of a pipe, a socket or an eventfd looks at. */
@Saved("anon.AnonymousInode")
public final class AnonymousInode extends PlainInode {
    /** {@code pipe:}, to which the number is added, or {@code anon_inode:[eventfd]}, complete. */
    private String label;

    @SuppressWarnings("NullAway.Init")
    private AnonymousInode() {}

    AnonymousInode(AnonymousFilesystem filesystem, long ino, NewInode what, String label) {
        super(filesystem, ino, what);
        this.label = label;
    }

    /** The file system that all of its kind share. */
    public AnonymousFilesystem home() {
        return (AnonymousFilesystem) filesystem();
    }

    @Override
    public @Nullable String description() {
        return (mode() & S_IFMT) == 0 ? label : label + "[" + ino() + "]";
    }
}
