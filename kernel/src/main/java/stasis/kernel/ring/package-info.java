/** Byte queues that pipes, terminals and host streams are made of. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.ring;
