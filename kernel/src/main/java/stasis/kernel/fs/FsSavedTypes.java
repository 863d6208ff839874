package stasis.kernel.fs;

import stasis.kernel.fs.dev.DevSavedTypes;
import stasis.kernel.fs.gofer.GoferSavedTypes;
import stasis.kernel.fs.overlay.OverlaySavedTypes;
import stasis.kernel.fs.proc.ProcSavedTypes;
import stasis.kernel.fs.sys.SysSavedTypes;
import stasis.kernel.fs.tmpfs.TmpfsSavedTypes;
import stasis.state.SavedTypes;

/** Every class of a file system that may appear in a snapshot. */
public final class FsSavedTypes {
    private FsSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        DevSavedTypes.addTo(types);
        GoferSavedTypes.addTo(types);
        OverlaySavedTypes.addTo(types);
        ProcSavedTypes.addTo(types);
        SysSavedTypes.addTo(types);
        return TmpfsSavedTypes.addTo(types);
    }
}
