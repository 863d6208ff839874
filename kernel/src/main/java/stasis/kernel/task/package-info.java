/** Tasks, thread groups, process groups, sessions; split by verb. */
@org.jspecify.annotations.NullMarked
package stasis.kernel.task;
