/**
 * The time without a call: an ELF image of our own in every process, vdso(7), that reads the
 * processor's counter and a page of parameters.
 *
 * <pre>
 *   0000  sequence: odd while it is being written     first page, {@link
 *   0008  counter at the base                         stasis.kernel.vdso.VdsoClock} writes it
 *   0010  nanoseconds of CLOCK_MONOTONIC at the base
 *   0018  nanoseconds of CLOCK_REALTIME at the base
 *   0020  nanoseconds a tick, times 2^32; 0: make the call
 *   1000  ELF header, tables, code                    {@link stasis.kernel.vdso.VdsoImage}
 * </pre>
 */
@NullMarked
package stasis.kernel.vdso;

import org.jspecify.annotations.NullMarked;
