/** The entity table: every entity once, references by number, no recursion. */
@org.jspecify.annotations.NullMarked
package stasis.state.graph;
