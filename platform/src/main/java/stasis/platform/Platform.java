package stasis.platform;

/** One sandbox's way of running user code. Closing it kills all of that code at once. */
public interface Platform extends AutoCloseable {
    /** {@code ptrace}, {@code systrap} or {@code kvm}. */
    String name();

    /** The lowest address that may be mapped, vm.mmap_min_addr of the guest's Linux. */
    long minAddress();

    /** First address that user code cannot use; a multiple of the page size. */
    long maxAddress();

    /** The sandbox's guest memory, which every address space maps piecewise. */
    MemoryFile memory();

    /** An address space in which nothing is mapped. Any thread. */
    AddressSpace newAddressSpace() throws PlatformException;

    /** Room for one guest thread, owned by the calling thread. */
    ExecutionContext openContext() throws PlatformException;

    /** Sets {@code registers} to what a new program starts with: selectors, flags, reset FPU. */
    void reset(stasis.arch.Registers registers);

    /**
     * Bytes of the XSAVE area that this host's processor uses, as {@link ExecutionContext#loadFpu}
     * fills it.
     */
    int fpuBytes();

    /** XCR0: the XSAVE features that this host's user code may have in use. */
    long fpuFeatures();

    /** Ends every stub and gives everything back. Contexts still running return {@code Exited}. */
    @Override
    void close();
}
