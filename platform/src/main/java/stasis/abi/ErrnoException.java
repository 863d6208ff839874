package stasis.abi;

/** The call failed with an errno that the application will see. */
public final class ErrnoException extends SyscallException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    ErrnoException(Errno errno) {
        super(errno.name());
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }
}
