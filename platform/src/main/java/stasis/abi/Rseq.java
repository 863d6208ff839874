package stasis.abi;

/** {@code include/uapi/linux/rseq.h}. */
public final class Rseq {
    private Rseq() {}

    public static final int RSEQ_FLAG_UNREGISTER = 0x1;
}
