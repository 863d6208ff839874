package stasis.kernel.mm;

import stasis.platform.AddressSpace;
import stasis.platform.PlatformException;

/**
 * In place of an address space that another map has taken over: nobody runs in the old map, and
 * what happens to it shows nowhere.
 */
final class LeftSpace implements AddressSpace {
    LeftSpace() {}

    @Override
    public void map(long addr, long length, long memoryOffset, int access) {}

    @Override
    public void unmap(long addr, long length) {}

    @Override
    public void protect(long addr, long length, int access) {}

    @Override
    public void commit() {}

    @Override
    public AddressSpace fork() throws PlatformException {
        throw new PlatformException("the address space was left");
    }

    @Override
    public void release() {}
}
