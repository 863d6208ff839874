package stasis.kernel.fs.tmpfs;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of this package may appear in a snapshot. */
public final class TmpfsSavedTypes {
    private TmpfsSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                DirectoryEntry.class,
                Memfds.class,
                MemoryDirectory.class,
                RegularFile.class,
                SpecialInode.class,
                SymlinkInode.class,
                Tmpfs.class,
                TmpfsType.class);
    }
}
