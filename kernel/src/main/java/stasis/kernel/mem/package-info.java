/** Guest memory: pages of the one memory file, counted, and who can map them. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.mem;
