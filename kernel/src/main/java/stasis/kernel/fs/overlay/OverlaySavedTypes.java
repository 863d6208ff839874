package stasis.kernel.fs.overlay;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of this package may appear in a snapshot. */
public final class OverlaySavedTypes {
    private OverlaySavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(MethodHandles.lookup(), Overlay.class, OverlayDirectory.class);
    }
}
