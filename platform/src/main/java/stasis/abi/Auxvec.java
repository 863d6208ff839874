package stasis.abi;

/** {@code include/uapi/linux/auxvec.h}. */
public final class Auxvec {
    private Auxvec() {}

    public static final int AT_NULL = 0x0;
    public static final int AT_IGNORE = 0x1;
    public static final int AT_EXECFD = 0x2;
    public static final int AT_PHDR = 0x3;
    public static final int AT_PHENT = 0x4;
    public static final int AT_PHNUM = 0x5;
    public static final int AT_PAGESZ = 0x6;
    public static final int AT_BASE = 0x7;
    public static final int AT_FLAGS = 0x8;
    public static final int AT_ENTRY = 0x9;
    public static final int AT_NOTELF = 0xa;
    public static final int AT_UID = 0xb;
    public static final int AT_EUID = 0xc;
    public static final int AT_GID = 0xd;
    public static final int AT_EGID = 0xe;
    public static final int AT_PLATFORM = 0xf;
    public static final int AT_HWCAP = 0x10;
    public static final int AT_CLKTCK = 0x11;
    public static final int AT_SECURE = 0x17;
    public static final int AT_BASE_PLATFORM = 0x18;
    public static final int AT_RANDOM = 0x19;
    public static final int AT_HWCAP2 = 0x1a;
    public static final int AT_RSEQ_FEATURE_SIZE = 0x1b;
    public static final int AT_RSEQ_ALIGN = 0x1c;
    public static final int AT_EXECFN = 0x1f;
    public static final int AT_SYSINFO_EHDR = 0x21;
    public static final int AT_MINSIGSTKSZ = 0x33;
}
