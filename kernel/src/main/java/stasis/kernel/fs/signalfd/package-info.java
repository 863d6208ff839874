/** signalfd(2): signals that are read. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.signalfd;
