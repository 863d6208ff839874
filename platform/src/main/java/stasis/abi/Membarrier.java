package stasis.abi;

/** {@code include/uapi/linux/membarrier.h}. */
public final class Membarrier {
    private Membarrier() {}

    public static final int MEMBARRIER_CMD_QUERY = 0x0;
    public static final int MEMBARRIER_CMD_GLOBAL = 0x1;
    public static final int MEMBARRIER_CMD_PRIVATE_EXPEDITED = 0x8;
    public static final int MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 0x10;
}
