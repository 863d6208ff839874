/**
 * The file server: serves directory trees of the host by 9P and keeps inside them. Start at {@link
 * stasis.gofer.server.GoferServer}.
 */
@org.jspecify.annotations.NullMarked
package stasis.gofer.server;
