/** Messages about packets: echo, and what became of those that did not get there. */
@org.jspecify.annotations.NullMarked
package stasis.net.icmp;
