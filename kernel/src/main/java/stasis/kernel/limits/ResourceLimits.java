package stasis.kernel.limits;

import static stasis.abi.Resource.RLIMIT_CORE;
import static stasis.abi.Resource.RLIMIT_MEMLOCK;
import static stasis.abi.Resource.RLIMIT_MSGQUEUE;
import static stasis.abi.Resource.RLIMIT_NICE;
import static stasis.abi.Resource.RLIMIT_NOFILE;
import static stasis.abi.Resource.RLIMIT_NPROC;
import static stasis.abi.Resource.RLIMIT_RTPRIO;
import static stasis.abi.Resource.RLIMIT_SIGPENDING;
import static stasis.abi.Resource.RLIMIT_STACK;
import static stasis.abi.Resource.RLIM_INFINITY;

import stasis.state.Saved;

import java.util.Arrays;

/** The limits of one process, getrlimit(2). Unsigned; RLIM_INFINITY is all ones. */
@Saved("limits.ResourceLimits")
public final class ResourceLimits {
    public static final int COUNT = 16;

    /** Indexed by RLIMIT_*. Written under the task set's lock, read without. */
    private long[] soft = new long[COUNT];

    private long[] hard = new long[COUNT];

    /** The kernel's defaults for a first process, {@code include/asm-generic/resource.h}. */
    public ResourceLimits() {
        Arrays.fill(soft, RLIM_INFINITY);
        Arrays.fill(hard, RLIM_INFINITY);
        set(RLIMIT_STACK, 8 << 20, RLIM_INFINITY);
        set(RLIMIT_CORE, 0, RLIM_INFINITY);
        set(RLIMIT_NPROC, 65536, 65536);
        set(RLIMIT_NOFILE, 1024, 1 << 20);
        set(RLIMIT_MEMLOCK, 8 << 20, 8 << 20);
        set(RLIMIT_SIGPENDING, 65536, 65536);
        set(RLIMIT_MSGQUEUE, 819200, 819200);
        set(RLIMIT_NICE, 0, 0);
        set(RLIMIT_RTPRIO, 0, 0);
    }

    public long soft(int resource) {
        return soft[resource];
    }

    public long hard(int resource) {
        return hard[resource];
    }

    public void set(int resource, long newSoft, long newHard) {
        soft[resource] = newSoft;
        hard[resource] = newHard;
    }

    public ResourceLimits copy() {
        ResourceLimits copy = new ResourceLimits();
        copy.soft = soft.clone();
        copy.hard = hard.clone();
        return copy;
    }
}
