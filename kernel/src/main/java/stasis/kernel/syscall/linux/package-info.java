/** The x86-64 table and its handlers, one file per subject. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.syscall.linux;
