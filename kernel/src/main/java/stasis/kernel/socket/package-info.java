/** socket(7): what all families of sockets have in common. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.socket;
