/** Files that have no name in any tree: pipes, sockets, eventfds and the like. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.anon;
