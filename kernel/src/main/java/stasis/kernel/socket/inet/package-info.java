/**
 * AF_INET and AF_INET6 over the stack of {@link stasis.kernel.net.Network}.
 *
 * <pre>
 *   {@link stasis.kernel.socket.inet.InetSocket}     names, options, ioctls: what all have in common
 *     TcpSocket                    over a TcpEndpoint
 *     DatagramSocket               messages
 *       UdpSocket                  over a UdpEndpoint
 *       RawSocket                  over a RawEndpoint
 *   Sockaddr                       struct sockaddr_in and sockaddr_in6
 *   NetErrors                      the only place that turns a NetError into an errno
 *   TcpLevel, IpLevel, SocketLevel options, by level
 * </pre>
 *
 * All state is guarded by the network's lock.
 */
@org.jspecify.annotations.NullMarked
package stasis.kernel.socket.inet;
