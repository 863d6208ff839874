/** Saving an object graph: annotations, the closed table of classes, and what hooks may ask for. */
@org.jspecify.annotations.NullMarked
package stasis.state;
