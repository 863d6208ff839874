package stasis.kernel.caller;

import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.ENAMETOOLONG;

import stasis.abi.ErrnoException;
import stasis.abi.Le;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A process whose memory is {@code [0, size)}. */
public final class FakeUserAccess implements UserAccess {
    private final MemorySegment memory;

    public FakeUserAccess(int size) {
        memory = MemorySegment.ofArray(new byte[size]);
    }

    private void check(long addr, long length) throws ErrnoException {
        if (addr < 0 || length > memory.byteSize() - addr) throw EFAULT.exception();
    }

    @Override
    public void read(long addr, MemorySegment to, long at, long length) throws ErrnoException {
        check(addr, length);
        MemorySegment.copy(memory, addr, to, at, length);
    }

    @Override
    public void write(long addr, MemorySegment from, long at, long length) throws ErrnoException {
        check(addr, length);
        MemorySegment.copy(from, at, memory, addr, length);
    }

    @Override
    public byte[] readBytes(long addr, int length) throws ErrnoException {
        byte[] bytes = new byte[length];
        read(addr, MemorySegment.ofArray(bytes), 0, length);
        return bytes;
    }

    @Override
    public void writeBytes(long addr, byte[] bytes) throws ErrnoException {
        write(addr, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    @Override
    public int readByte(long addr) throws ErrnoException {
        check(addr, 1);
        return Le.getByte(memory, addr);
    }

    @Override
    public int readShort(long addr) throws ErrnoException {
        check(addr, 2);
        return Le.getShort(memory, addr);
    }

    @Override
    public int readInt(long addr) throws ErrnoException {
        check(addr, 4);
        return Le.getInt(memory, addr);
    }

    @Override
    public long readLong(long addr) throws ErrnoException {
        check(addr, 8);
        return Le.getLong(memory, addr);
    }

    @Override
    public void writeByte(long addr, int value) throws ErrnoException {
        check(addr, 1);
        Le.putByte(memory, addr, value);
    }

    @Override
    public void writeShort(long addr, int value) throws ErrnoException {
        check(addr, 2);
        Le.putShort(memory, addr, value);
    }

    @Override
    public void writeInt(long addr, int value) throws ErrnoException {
        check(addr, 4);
        Le.putInt(memory, addr, value);
    }

    @Override
    public void writeLong(long addr, long value) throws ErrnoException {
        check(addr, 8);
        Le.putLong(memory, addr, value);
    }

    @Override
    public void zero(long addr, long length) throws ErrnoException {
        check(addr, length);
        memory.asSlice(addr, length).fill((byte) 0);
    }

    @Override
    public String readString(long addr, int maxBytes) throws ErrnoException {
        byte[] bytes = readBytes(addr, (int) Math.min(maxBytes, memory.byteSize() - addr));
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                return new String(Arrays.copyOf(bytes, i), StandardCharsets.ISO_8859_1);
            }
        }
        throw ENAMETOOLONG.exception();
    }

    @Override
    public void checkWritable(long addr, long length) throws ErrnoException {
        check(addr, length);
    }
}
