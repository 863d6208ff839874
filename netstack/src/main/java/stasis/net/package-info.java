/** Packets in, packets out; the kernel's socket layer turns {@code NetError} into errno. */
@org.jspecify.annotations.NullMarked
package stasis.net;
