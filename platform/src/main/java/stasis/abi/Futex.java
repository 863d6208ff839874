package stasis.abi;

/** {@code include/uapi/linux/futex.h}. */
public final class Futex {
    private Futex() {}

    public static final int FUTEX_OP_CMP_EQ = 0x0;
    public static final int FUTEX_OP_SET = 0x0;
    public static final int FUTEX_WAIT = 0x0;
    public static final int FUTEX_OP_ADD = 0x1;
    public static final int FUTEX_OP_CMP_NE = 0x1;
    public static final int FUTEX_WAKE = 0x1;
    public static final int FUTEX_32 = 0x2;
    public static final int FUTEX_FD = 0x2;
    public static final int FUTEX_OP_CMP_LT = 0x2;
    public static final int FUTEX_OP_OR = 0x2;
    public static final int FUTEX_OP_ANDN = 0x3;
    public static final int FUTEX_OP_CMP_LE = 0x3;
    public static final int FUTEX_REQUEUE = 0x3;
    public static final int FUTEX_CMP_REQUEUE = 0x4;
    public static final int FUTEX_OP_CMP_GT = 0x4;
    public static final int FUTEX_OP_XOR = 0x4;
    public static final int FUTEX_OP_CMP_GE = 0x5;
    public static final int FUTEX_WAKE_OP = 0x5;
    public static final int FUTEX_LOCK_PI = 0x6;
    public static final int FUTEX_UNLOCK_PI = 0x7;
    public static final int FUTEX_OP_OPARG_SHIFT = 0x8;
    public static final int FUTEX_TRYLOCK_PI = 0x8;
    public static final int FUTEX_WAIT_REQUEUE_PI = 0xb;
    public static final int FUTEX_CMP_REQUEUE_PI = 0xc;
    public static final int FUTEX_LOCK_PI2 = 0xd;
    public static final int FUTEX_PRIVATE_FLAG = 0x80;
    public static final int FUTEX_WAITV_MAX = 0x80;
    public static final int FUTEX_WAIT_PRIVATE = 0x80;
    public static final int FUTEX_WAKE_PRIVATE = 0x81;
    public static final int FUTEX_REQUEUE_PRIVATE = 0x83;
    public static final int FUTEX_CMP_REQUEUE_PRIVATE = 0x84;
    public static final int FUTEX_WAKE_OP_PRIVATE = 0x85;
    public static final int FUTEX_LOCK_PI_PRIVATE = 0x86;
    public static final int FUTEX_UNLOCK_PI_PRIVATE = 0x87;
    public static final int FUTEX_TRYLOCK_PI_PRIVATE = 0x88;
    public static final int FUTEX_WAIT_REQUEUE_PI_PRIVATE = 0x8b;
    public static final int FUTEX_CMP_REQUEUE_PI_PRIVATE = 0x8c;
    public static final int FUTEX_LOCK_PI2_PRIVATE = 0x8d;
    public static final int FUTEX_CLOCK_REALTIME = 0x100;
    public static final int FUTEX_TID_MASK = 0x3fffffff;
    public static final int FUTEX_OWNER_DIED = 0x40000000;
    public static final int FUTEX_WAITERS = 0x80000000;
    public static final int FUTEX_CMD_MASK = 0xfffffe7f;

    public static final int ROBUST_LIST_LIMIT = 0x800;
    public static final int FUTEX_WAIT_BITSET = 0x9;
    public static final int FUTEX_WAKE_BITSET = 0xa;
}
