/** UDP, RFC 768 and RFC 1122 4.1. */
@org.jspecify.annotations.NullMarked
package stasis.net.udp;
