package stasis.kernel.fs.sys;

import java.lang.invoke.MethodHandles;
import stasis.state.SavedTypes;

/** What of this package may appear in a snapshot. */
public final class SysSavedTypes {
    private SysSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(MethodHandles.lookup(), SysType.class);
    }
}
