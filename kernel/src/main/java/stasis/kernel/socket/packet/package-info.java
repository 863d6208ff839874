/** AF_PACKET: frames as they pass an interface, packet(7). */
@org.jspecify.annotations.NullMarked
package stasis.kernel.socket.packet;
