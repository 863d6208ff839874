/** Who has which port. */
@org.jspecify.annotations.NullMarked
package stasis.net.port;
