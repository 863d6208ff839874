/**
 * The Internet layer: interfaces, addresses, routes, neighbours, and packets in and out.
 *
 * <pre>
 *   TCP, UDP, ICMP          {@link stasis.net.ip.Transport}
 *      |  ^
 *      v  |  {@link stasis.net.ip.Inbound}
 *   {@link stasis.net.ip.IpLayer}   routes, local addresses, path MTUs
 *      |  ^
 *      v  |  Ipv4Output, Ipv4Input, {@link stasis.net.ip.Fragments}
 *   {@link stasis.net.ip.Nic}       neighbours, ARP
 *      |  ^
 *   {@link stasis.net.link.LinkEndpoint}
 * </pre>
 *
 * Nothing is forwarded: a packet for somebody else is dropped.
 */
@org.jspecify.annotations.NullMarked
package stasis.net.ip;
