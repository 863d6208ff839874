package stasis.kernel.caller;

import stasis.abi.ErrnoException;

import java.lang.foreign.MemorySegment;

/**
 * The memory of the calling process. Every method fails with EFAULT if any byte of the range is not
 * mapped with the needed right; what lies before the bad page may have been transferred.
 */
public interface UserAccess {
    /** Guest to sentry. */
    void read(long addr, MemorySegment to, long at, long length) throws ErrnoException;

    /** Sentry to guest. */
    void write(long addr, MemorySegment from, long at, long length) throws ErrnoException;

    byte[] readBytes(long addr, int length) throws ErrnoException;

    void writeBytes(long addr, byte[] bytes) throws ErrnoException;

    int readByte(long addr) throws ErrnoException;

    int readShort(long addr) throws ErrnoException;

    int readInt(long addr) throws ErrnoException;

    long readLong(long addr) throws ErrnoException;

    void writeByte(long addr, int value) throws ErrnoException;

    void writeShort(long addr, int value) throws ErrnoException;

    void writeInt(long addr, int value) throws ErrnoException;

    void writeLong(long addr, long value) throws ErrnoException;

    void zero(long addr, long length) throws ErrnoException;

    /**
     * A NUL-terminated byte string, as ISO-8859-1 so that no byte is lost. ENAMETOOLONG if there is
     * no NUL within {@code maxBytes}.
     */
    String readString(long addr, int maxBytes) throws ErrnoException;

    /** EFAULT now rather than after data was taken from a pipe. */
    void checkWritable(long addr, long length) throws ErrnoException;
}
