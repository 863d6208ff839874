/** pipe(7): pipes and FIFOs. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.pipe;
