package stasis.arch;

/**
 * What user code may do with a page, as bits of which the first three equal {@code PROT_*} of
 * mmap(2).
 */
public final class Access {
    public static final int NONE = 0;
    public static final int READ = 1;
    public static final int WRITE = 2;
    public static final int EXECUTE = 4;

    /**
     * Nothing changes the page while it is mapped so, as for code of a private mapping: user code
     * may be given a copy.
     */
    public static final int STEADY = 1 << 8;

    private Access() {}
}
