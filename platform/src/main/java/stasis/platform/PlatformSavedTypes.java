package stasis.platform;

import java.lang.invoke.MethodHandles;
import stasis.arch.Registers;
import stasis.state.SavedTypes;

/** Every class of this module that may appear in a snapshot. */
public final class PlatformSavedTypes {
    private PlatformSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(MethodHandles.lookup(), Registers.class);
    }
}
