/** From a stop to a handler and back. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.syscall;
