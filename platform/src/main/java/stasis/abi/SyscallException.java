package stasis.abi;

/** Why a system call did not produce a value. Carries no stack trace: this is control flow. */
public abstract sealed class SyscallException extends Exception
        permits ErrnoException, RestartException {
    private static final long serialVersionUID = 1L;

    SyscallException(String message) {
        super(message, null, false, false);
    }
}
