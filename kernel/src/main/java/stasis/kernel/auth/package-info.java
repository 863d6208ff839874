/** Who is asking: user and group ids, capabilities. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.auth;
