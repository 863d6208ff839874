/** File systems and other kinds of files; one package each. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs;
