package stasis.host;

/** A host call failed; says which one, with what, and how. */
public final class HostException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;

    public HostException(String call, int errno) {
        super(call + ": errno " + errno);
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }

    /** Passes a result on, or throws if it is a negative errno. */
    public static long check(long result, String call) throws HostException {
        if (Host.failed(result)) throw new HostException(call, (int) -result);
        return result;
    }
}
