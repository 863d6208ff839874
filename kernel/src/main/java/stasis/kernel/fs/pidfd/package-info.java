/** pidfd_open(2): processes as descriptors. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.pidfd;
