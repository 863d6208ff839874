/** Packets of IP as they are, raw(7). */
@org.jspecify.annotations.NullMarked
package stasis.net.raw;
