/**
 * Guest code in stub processes that trap by themselves: seccomp answers SIGSYS, and a handler in
 * the stub tells the sentry through shared memory. No tracer takes part in a call or a fault.
 *
 * <pre>
 * 0                  guest
 * 0x7ffe_0000_0000   trampolines, {@link stasis.platform.systrap.Trampolines}; readable, executable
 * 0x7ffe_0020_0000   areas, {@link stasis.platform.systrap.Area}: 64 KiB for each guest thread of
 *                    the sandbox, of which a process has mapped its own; readable, writable
 * 0x7fff_ffff_d000   code, {@link stasis.platform.systrap.SystrapCode}; readable, executable
 * 0x7fff_ffff_e000   table of mapping calls; readable
 *
 *   guest code        syscall, fault, SIGURG
 *       |
 *   handler           on the area's alternate stack: signal, siginfo, registers, FS and GS bases,
 *       |             and where the host has saved the FPU
 *   hand-over         WORD = sentry's; wakes it; spins; sleeps in futex(2) until WORD = stub's
 *       |
 *   resume            bases; xrstor; [window: INTERRUPT set? iretq frame; registers; iretq]
 *       |
 *   guest code
 * </pre>
 *
 * <p><b>Patched calls.</b> A site that makes many calls becomes a jump to a trampoline, in a copy
 * of its page: {@link stasis.platform.systrap.SpacePatches}. The stub then stores registers and
 * leaves the FPU in the processor; unless the sentry changes more than rax, it returns by a jump as
 * well. See docs/decisions/0021.
 *
 * <p><b>Interruption.</b> The sentry sets INTERRUPT and sends SIGURG. In guest code that is an
 * ordinary stop. In the window the registers are complete in the area and the FPU is in the
 * processor: a stop as well. Elsewhere in the stub the handler goes back, and the stub reaches a
 * stop, or the look at INTERRUPT. rt_sigreturn(2) is never used and not allowed: guest code could
 * block SIGURG with it.
 *
 * <p><b>Mappings</b> are changed, and threads and processes cloned, by traced threads of the
 * process that never run guest code: {@link stasis.platform.stub}. A context has one of its own,
 * the mapper, once it needs it. What guest threads share with the sentry gives them nothing: their
 * calls lack the secrets that the filter wants, so they can only wait for and wake areas, and move
 * their alternate stack. See docs/decisions/0020.
 *
 * <p><b>Trust.</b> All of an area may be written by the guest threads of its process at any time.
 * The sentry copies a value once and then checks it; forged stops, registers and turns are what
 * that process could have done to itself anyway. Turns that never come are found by time.
 */
@org.jspecify.annotations.NullMarked
package stasis.platform.systrap;
