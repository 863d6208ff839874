/** Packets in memory, and what they go out and come in by. */
@org.jspecify.annotations.NullMarked
package stasis.net.link;
