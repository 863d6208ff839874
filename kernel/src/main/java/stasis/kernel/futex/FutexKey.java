package stasis.kernel.futex;

import org.jspecify.annotations.Nullable;

/**
 * What tells futex words apart: for memory shared between processes its place in guest memory, else
 * the memory map and the address.
 *
 * @param space the memory map, or null for shared memory
 */
public record FutexKey(@Nullable Object space, long word) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FutexKey(Object s, long w) && s == space && w == word;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(space) * 31 + Long.hashCode(word);
    }
}
