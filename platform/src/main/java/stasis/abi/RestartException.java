package stasis.abi;

/**
 * The call was interrupted; the signal path decides between EINTR and making it again. If nothing
 * but a checkpoint interrupted it, it is always made again, with the rest of its time.
 */
public final class RestartException extends SyscallException {
    private static final long serialVersionUID = 1L;

    /** As in {@code include/linux/errno.h}; none of these is ever shown to the application. */
    public enum Kind {
        /** Made again after a handler with SA_RESTART, EINTR after one without. */
        ERESTARTSYS,
        /** Always made again. */
        ERESTARTNOINTR,
        /** Made again only if no handler ran. */
        ERESTARTNOHAND,
        /** Made again with the rest of its time if no handler ran, else EINTR. */
        ERESTART_RESTARTBLOCK,
        /** Unlike Linux, where these calls fail with EINTR whatever interrupted them. */
        EINTR_UNLESS_CHECKPOINT
    }

    public static final RestartException ERESTARTSYS = new RestartException(Kind.ERESTARTSYS);
    public static final RestartException ERESTARTNOINTR = new RestartException(Kind.ERESTARTNOINTR);
    public static final RestartException ERESTARTNOHAND = new RestartException(Kind.ERESTARTNOHAND);
    public static final RestartException ERESTART_RESTARTBLOCK =
            new RestartException(Kind.ERESTART_RESTARTBLOCK);
    public static final RestartException EINTR_UNLESS_CHECKPOINT =
            new RestartException(Kind.EINTR_UNLESS_CHECKPOINT);

    private final Kind kind;

    private RestartException(Kind kind) {
        super(kind.name());
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
