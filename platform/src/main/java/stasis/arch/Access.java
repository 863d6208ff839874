package stasis.arch;

/** What user code may do with a page, as bits that equal {@code PROT_*} of mmap(2). */
public final class Access {
    public static final int NONE = 0;
    public static final int READ = 1;
    public static final int WRITE = 2;
    public static final int EXECUTE = 4;

    private Access() {}
}
