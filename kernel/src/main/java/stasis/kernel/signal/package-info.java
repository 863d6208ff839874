/** Signals as sets, queues and actions; no task is known here. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.signal;
