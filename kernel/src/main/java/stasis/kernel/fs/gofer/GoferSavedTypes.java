package stasis.kernel.fs.gofer;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of this package may appear in a snapshot. */
public final class GoferSavedTypes {
    private GoferSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                GoferFilesystem.class,
                GoferInode.class,
                GoferOpenFile.class,
                GoferPages.class);
    }
}
