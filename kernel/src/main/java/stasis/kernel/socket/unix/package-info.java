/**
 * unix(7): sockets within the sandbox.
 *
 * <p>Every socket has one lock, for its state and for what it has received. Who sends takes the
 * receiver's lock only. Two locks are held together only by connect(2): the connecting socket's,
 * then the listening socket's, which never connects.
 *
 * <p>Unlike Linux, sockets that are open only through descriptors in flight in each other's queues
 * are not collected; how many descriptors may be in flight is bounded ({@link UnixNames}).
 */
@org.jspecify.annotations.NullMarked
package stasis.kernel.socket.unix;
