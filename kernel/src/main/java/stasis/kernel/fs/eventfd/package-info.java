/** eventfd(2). */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.eventfd;
