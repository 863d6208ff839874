package stasis.host;

/**
 * The way to C that costs nothing the first time: a JNI library of a few bytes, made by the build
 * ({@code stasis.cli.front.CallLibrary}). The first call through {@code java.lang.foreign} takes 25
 * ms, these 0.02; later ones differ by a few nanoseconds. Where there is no library, as in unit
 * tests, {@link RawCalls} does the same.
 */
final class StartCalls {
    static final boolean LOADED = load();

    private StartCalls() {}

    /** The raw system call: its result or -errno. */
    static native long call(long nr, long a, long b, long c, long d, long e, long f);

    /** A C function of at most six integers. */
    static native long c(long function, long a, long b, long c, long d, long e, long f);

    /** dlsym(3). */
    static native long dlsym(long handle, long name);

    private static boolean load() {
        String library = System.getProperty("stasis.calls");
        if (library == null) return false;
        System.load(library);
        return true;
    }
}
