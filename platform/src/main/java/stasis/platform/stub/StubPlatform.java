package stasis.platform.stub;

import stasis.platform.AddressSpace;
import stasis.platform.MemoryFile;
import stasis.platform.PlatformException;

/** What an address space needs of the platform that made it. */
public interface StubPlatform {
    StubFactory factory();

    TablePages tables();

    MemoryFile memory();

    /** The address space of a clone of a stub; a negative {@code pid} is an errno. */
    AddressSpace forked(int pid) throws PlatformException;

    /** It lives no longer. */
    void forget(StubSpace space);
}
