package stasis.kernel.vfs;

/**
 * What statfs(2) tells of a file system, in blocks of {@code blockSize} bytes.
 *
 * @param magic {@code f_type}
 */
public record StatfsInfo(
        long magic,
        long blockSize,
        long blocks,
        long freeBlocks,
        long files,
        long freeFiles,
        long nameMax) {}
