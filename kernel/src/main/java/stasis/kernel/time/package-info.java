/** Guest clocks, which stand still while the sandbox is a snapshot. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.time;
