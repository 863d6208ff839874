package stasis.kernel.syscall;

/** The six argument registers of the call being made. One object per task, filled for each call. */
public final class SyscallArgs {
    public long a0;
    public long a1;
    public long a2;
    public long a3;
    public long a4;
    public long a5;

    public SyscallArgs() {}

    /** As C would read the argument if it is an {@code int}. */
    public int int0() {
        return (int) a0;
    }

    public int int1() {
        return (int) a1;
    }

    public int int2() {
        return (int) a2;
    }

    public int int3() {
        return (int) a3;
    }

    public int int4() {
        return (int) a4;
    }

    public int int5() {
        return (int) a5;
    }
}
