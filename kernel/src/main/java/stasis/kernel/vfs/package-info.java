/** The virtual file system: mounts, dentries, descriptors and descriptions. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.vfs;
