/**
 * The network of a sandbox: {@link stasis.kernel.net.Network} owns the stack, its lock and its
 * time. Sockets stand on it, links to the host are plugged into it.
 */
@org.jspecify.annotations.NullMarked
package stasis.kernel.net;
