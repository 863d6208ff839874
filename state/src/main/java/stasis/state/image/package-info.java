/** A snapshot as a directory: manifest, graph, pages. */
@org.jspecify.annotations.NullMarked
package stasis.state.image;
