/** Files of the host, through the gofer. As the lower tree of an overlay, or mounted by itself. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.gofer;
