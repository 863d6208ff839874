package stasis.kernel.fs.gofer;

import java.lang.invoke.MethodHandles;
import stasis.state.SavedTypes;

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
