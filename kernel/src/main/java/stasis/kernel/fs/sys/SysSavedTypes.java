package stasis.kernel.fs.sys;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of this package may appear in a snapshot. */
public final class SysSavedTypes {
    private SysSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(MethodHandles.lookup(), SysType.class);
    }
}
