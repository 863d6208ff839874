package stasis.kernel.fs.proc;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of this package may appear in a snapshot. */
public final class ProcSavedTypes {
    private ProcSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                FdDirectory.class,
                FdInfoFile.class,
                FdLink.class,
                GenerationFile.class,
                IdentityInode.class,
                NetFiles.class,
                ProcDirectory.class,
                ProcFilesystem.class,
                ProcType.class,
                RootDirectory.class,
                SelfLink.class,
                SystemFile.class,
                TaskDirectory.class,
                TaskFile.class,
                TaskLink.class,
                TextFile.class,
                ThreadsDirectory.class);
    }
}
