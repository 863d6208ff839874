/**
 * Headers as they stand on the wire. A header is a place in a byte array: its accessors are static
 * and take the array and the offset, so that reading a packet makes no object. All numbers are
 * big-endian. Each header that comes from outside is first looked at by its {@code isValid} or
 * {@code check}, which alone decide whether the accessors stay within the packet.
 */
@org.jspecify.annotations.NullMarked
package stasis.net.wire;
