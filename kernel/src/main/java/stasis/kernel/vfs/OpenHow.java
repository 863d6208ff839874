package stasis.kernel.vfs;

/**
 * {@code struct open_how} of openat2(2).
 *
 * @param mode permissions of a new file, before umask
 * @param resolve RESOLVE_*
 */
public record OpenHow(int flags, int mode, int resolve) {
    public static OpenHow of(int flags, int mode) {
        return new OpenHow(flags, mode, 0);
    }

    public boolean has(int flag) {
        return (flags & flag) == flag;
    }
}
