/**
 * Guest code in traced stub processes, ptrace(2).
 *
 * <p>Processes, their threads and who may make which host call: {@link stasis.platform.stub}. Guest
 * threads are traced by the Java thread that owns the context. A call that guest code makes answers
 * {@code RET_TRACE} and becomes {@link stasis.platform.Stop.Syscall}; without a tracer it fails.
 */
@org.jspecify.annotations.NullMarked
package stasis.platform.ptrace;
