/** The kernel. */
@org.jspecify.annotations.NullMarked
package stasis.kernel;
