/** A writable tree in memory over one that is only read: a container's root file system. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.overlay;
