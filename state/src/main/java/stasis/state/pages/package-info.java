/** Guest memory, kept outside the object graph. */
@org.jspecify.annotations.NullMarked
package stasis.state.pages;
