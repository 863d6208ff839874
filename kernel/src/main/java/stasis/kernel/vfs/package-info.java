/**
 * The virtual file system: mounts, dentries, descriptors and descriptions.
 *
 * <pre>
 *   FdTable ──► FileDescription ──► FileImpl ──► Inode ──► Filesystem
 *    (fd)        position, flags     what read    file      device number,
 *                references          does                   top
 *                      └─ Path = Mount + Dentry ──► Inode
 *                                (where) (name)
 * </pre>
 *
 * Start reading at {@link stasis.kernel.vfs.Vfs}: it finds names ({@code PathWalk}), opens ({@code
 * Opening}), changes names ({@link stasis.kernel.vfs.NameChanges}), attributes ({@link
 * stasis.kernel.vfs.AttributeRules}) and mounts ({@link stasis.kernel.vfs.MountTable}).
 *
 * <p>Locks: one VFS lock for all names, dentries and mounts, held over look-ups; each inode's own
 * for attributes; {@code FilePages}' for content. Opening, reading and writing happen without the
 * VFS lock. Permissions are checked here, never by file systems.
 *
 * <p>Paths are byte strings, held as ISO-8859-1.
 */
@org.jspecify.annotations.NullMarked
package stasis.kernel.vfs;
