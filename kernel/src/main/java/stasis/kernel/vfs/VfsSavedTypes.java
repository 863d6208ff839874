package stasis.kernel.vfs;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of this package may appear in a snapshot. */
public final class VfsSavedTypes {
    private VfsSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                Dentry.class,
                DirectoryFile.class,
                FdTable.class,
                FileDescription.class,
                FileLocks.class,
                FsContext.class,
                Mount.class,
                MountNamespace.class,
                Path.class,
                PathFile.class,
                RecordLock.class,
                Vfs.class);
    }
}
