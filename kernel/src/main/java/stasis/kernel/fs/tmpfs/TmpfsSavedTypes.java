package stasis.kernel.fs.tmpfs;

import java.lang.invoke.MethodHandles;
import stasis.state.SavedTypes;

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
