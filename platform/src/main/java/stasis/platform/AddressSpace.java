package stasis.platform;

/**
 * The mappings of one guest process. Changes are queued and take effect together.
 *
 * <p>All methods may be called by any thread; calls for one address space are serialised by the
 * caller (the kernel holds the lock of the process's memory map).
 */
public interface AddressSpace {
    /**
     * Maps {@code length} bytes of guest memory from {@code memoryOffset} at {@code addr}, shared,
     * replacing what was there.
     *
     * @param access bits of {@link stasis.arch.Access}
     */
    void map(long addr, long length, long memoryOffset, int access);

    /** Unmaps; holes are no error. */
    void unmap(long addr, long length);

    /** Changes the rights of a range that is mapped throughout. */
    void protect(long addr, long length, int access);

    /**
     * Returns when every queued change is in force: no user code of this address space runs, or
     * will run, under what was there before. If the calling thread owns a context that last ran
     * here, the change is made through it now; otherwise contexts that are in user code are
     * interrupted, and the change is made before any of them goes on.
     */
    void commit();

    /**
     * A copy with the same mappings, after a {@link #commit}. The calling thread owns a context
     * that last ran here.
     */
    AddressSpace fork() throws PlatformException;

    /** Ends it. Contexts that still run here return {@link Stop.Exited}. Harmless a second time. */
    void release();
}
