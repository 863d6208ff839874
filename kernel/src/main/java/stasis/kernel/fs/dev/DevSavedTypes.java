package stasis.kernel.fs.dev;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of this package may appear in a snapshot. */
public final class DevSavedTypes {
    private DevSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                MemoryDevice.class,
                MemoryDeviceFile.class,
                ZeroPages.class);
    }
}
