package stasis.platform;

import stasis.arch.Registers;
import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** Every class of this module that may appear in a snapshot. */
public final class PlatformSavedTypes {
    private PlatformSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(MethodHandles.lookup(), Registers.class);
    }
}
