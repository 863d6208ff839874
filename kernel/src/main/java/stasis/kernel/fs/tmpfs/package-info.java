/** File systems in guest memory: tmpfs, and the files of memfd_create(2). */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.tmpfs;
