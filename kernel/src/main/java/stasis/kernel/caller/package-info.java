/** What lower layers may know of the task that makes a call. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.caller;
