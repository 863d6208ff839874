package stasis.kernel.mem;

import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** What of this package may appear in a snapshot. */
public final class MemSavedTypes {
    private MemSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                FileMappings.class,
                FilePages.class,
                GuestMemory.class,
                LowerPages.class,
                MappedRange.class,
                PageBudget.class,
                PageTable.class);
    }
}
