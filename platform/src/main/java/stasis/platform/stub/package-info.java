/**
 * Stub processes: what the ptrace and the systrap platform share. How a stub is born, what its
 * traced threads do for the sentry (mappings, clones), and how it ends.
 *
 * <p><b>Processes.</b> {@link StubFactory}'s one thread spawns a <em>master</em> stub: a process
 * that holds two pages and nothing else, {@link StubCode}. It never runs guest code. Each address
 * space, {@link StubSpace}, is a clone of it, or of another address space ({@code fork}). The first
 * two threads of such a process, its leader and its <em>keeper</em>, never run guest code either
 * and belong to the factory's thread, so that there is always somebody who can clone a thread or
 * change a mapping, whatever the guest's threads and their owners are doing. Nobody ever waits for
 * another task. Further threads of the process are cloned by the keeper or ahead of time by the
 * task that is about to need one ({@code prepareThread}). Those that will be traced are born
 * untraced and pause; the Java thread that will own one seizes it, stops it and overwrites all its
 * registers. Who leaves an address space detaches its thread into the same pause, for the next one.
 *
 * <p><b>Capability.</b> A seccomp filter lets no instruction outside the stub's page make a call.
 * Guest code can jump into the stub's page, so the filter also wants 64 random bits in the unused
 * upper halves of r8 and r10. They are set only together with an injected call, and all registers
 * are overwritten before guest code runs. The filter's copy is in the host kernel; the page it was
 * installed from is gone. So even the processes of one sandbox cannot map each other's memory.
 *
 * <p><b>Locks.</b> An address space's lock guards its queue of mapping changes, its parked threads
 * and its death. It may be held while waiting for the factory; the factory's thread never takes it.
 */
@org.jspecify.annotations.NullMarked
package stasis.platform.stub;
