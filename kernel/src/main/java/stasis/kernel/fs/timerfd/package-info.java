/** timerfd_create(2): timers that are read. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.fs.timerfd;
