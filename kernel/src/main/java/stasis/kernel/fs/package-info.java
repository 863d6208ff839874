/** The file systems of the kernel, one package each. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs;
