package stasis.kernel.wait;

import org.jspecify.annotations.Nullable;

/** Something whose readiness can be asked for and waited for. */
public interface Pollable {
    /** Bits of {@code POLLIN} and so on that hold now. */
    int readiness();

    /**
     * Where changes of {@link #readiness} are told, or null if it never changes (regular files).
     */
    @Nullable WaitQueue waitQueue();
}
