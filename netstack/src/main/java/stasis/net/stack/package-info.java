/** The stack as a whole. */
@org.jspecify.annotations.NullMarked
package stasis.net.stack;
