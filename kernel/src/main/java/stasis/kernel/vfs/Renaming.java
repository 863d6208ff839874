package stasis.kernel.vfs;

import org.jspecify.annotations.Nullable;

/**
 * One rename(2) after all checks.
 *
 * @param child what {@code oldName} names
 * @param replaced what {@code newName} names in {@code newParent}, if anything
 * @param exchange RENAME_EXCHANGE: {@code replaced} gets the old name
 */
public record Renaming(
        String oldName,
        Inode child,
        Inode newParent,
        String newName,
        @Nullable Inode replaced,
        boolean exchange) {}
