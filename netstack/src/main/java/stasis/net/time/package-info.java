/** Time as the stack is told it, and what waits for it. */
@org.jspecify.annotations.NullMarked
package stasis.net.time;
