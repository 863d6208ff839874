/** Waiting for something to become ready. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.wait;
