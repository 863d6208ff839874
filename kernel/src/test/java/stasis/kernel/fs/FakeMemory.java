package stasis.kernel.fs;

import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.ENAMETOOLONG;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.UserAccess;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** User memory of 64 KiB at address 0x10000. */
public final class FakeMemory implements UserAccess {
    public static final long BASE = 0x10000;
    private static final int SIZE = 1 << 16;
    private final byte[] bytes = new byte[SIZE];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    private static int at(long addr, long length) throws ErrnoException {
        long offset = addr - BASE;
        if (offset < 0 || length < 0 || offset + length > SIZE) throw EFAULT.exception();
        return (int) offset;
    }

    @Override
    public void read(long addr, MemorySegment to, long at, long length) throws ErrnoException {
        MemorySegment.copy(bytes, at(addr, length), to, JAVA_BYTE, at, (int) length);
    }

    @Override
    public void write(long addr, MemorySegment from, long at, long length) throws ErrnoException {
        MemorySegment.copy(from, JAVA_BYTE, at, bytes, at(addr, length), (int) length);
    }

    @Override
    public byte[] readBytes(long addr, int length) throws ErrnoException {
        byte[] out = new byte[length];
        System.arraycopy(bytes, at(addr, length), out, 0, length);
        return out;
    }

    @Override
    public void writeBytes(long addr, byte[] from) throws ErrnoException {
        System.arraycopy(from, 0, bytes, at(addr, from.length), from.length);
    }

    @Override
    public int readByte(long addr) throws ErrnoException {
        return buffer.get(at(addr, 1)) & 0xff;
    }

    @Override
    public int readShort(long addr) throws ErrnoException {
        return buffer.getShort(at(addr, 2)) & 0xffff;
    }

    @Override
    public int readInt(long addr) throws ErrnoException {
        return buffer.getInt(at(addr, 4));
    }

    @Override
    public long readLong(long addr) throws ErrnoException {
        return buffer.getLong(at(addr, 8));
    }

    @Override
    public void writeByte(long addr, int value) throws ErrnoException {
        buffer.put(at(addr, 1), (byte) value);
    }

    @Override
    public void writeShort(long addr, int value) throws ErrnoException {
        buffer.putShort(at(addr, 2), (short) value);
    }

    @Override
    public void writeInt(long addr, int value) throws ErrnoException {
        buffer.putInt(at(addr, 4), value);
    }

    @Override
    public void writeLong(long addr, long value) throws ErrnoException {
        buffer.putLong(at(addr, 8), value);
    }

    @Override
    public void zero(long addr, long length) throws ErrnoException {
        java.util.Arrays.fill(bytes, at(addr, length), at(addr, length) + (int) length, (byte) 0);
    }

    @Override
    public String readString(long addr, int maxBytes) throws ErrnoException {
        StringBuilder text = new StringBuilder();
        while (text.length() < maxBytes) {
            int b = readByte(addr + text.length());
            if (b == 0) return text.toString();
            text.append((char) b);
        }
        throw ENAMETOOLONG.exception();
    }

    @Override
    public void checkWritable(long addr, long length) throws ErrnoException {
        at(addr, length);
    }
}
