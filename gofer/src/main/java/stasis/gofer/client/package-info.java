/** What the kernel holds of the gofer: a connection, and files that came through it. */
@org.jspecify.annotations.NullMarked
package stasis.gofer.client;
