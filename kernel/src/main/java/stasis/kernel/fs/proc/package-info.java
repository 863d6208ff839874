/** proc(5): what the kernel tells of its processes and of itself. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.proc;
