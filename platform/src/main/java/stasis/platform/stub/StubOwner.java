package stasis.platform.stub;

/** A context, as the address space it last ran in sees it. */
public interface StubOwner {
    /** Owner only. A stopped stub thread for injected calls. */
    Tracee injectable() throws StubDiedException;

    /** Any thread. The address space has ended; nothing comes from the stub any more. */
    void spaceEnded();
}
