package stasis.kernel.mm;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** The classes of this package that may appear in a snapshot. */
public final class MmSavedTypes {
    private MmSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                MemoryMap.class,
                PageTable.class,
                SharedAnonymous.class,
                Vma.class);
    }
}
