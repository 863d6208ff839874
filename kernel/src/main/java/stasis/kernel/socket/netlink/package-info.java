/**
 * AF_NETLINK with NETLINK_ROUTE, netlink(7) and rtnetlink(7): what {@code ip}, getifaddrs(3) and
 * language runtimes ask for interfaces, addresses, routes and neighbours by. A request is answered
 * within the call that sends it.
 */
@org.jspecify.annotations.NullMarked
package stasis.kernel.socket.netlink;
