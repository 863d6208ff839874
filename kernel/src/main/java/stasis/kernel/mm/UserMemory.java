package stasis.kernel.mm;

import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.ENAMETOOLONG;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.UserAccess;
import stasis.kernel.futex.FutexKey;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mem.GuestMemory;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The only way the sentry touches a process's memory: range checks, page by page, faults served as
 * for user code. The map's lock is held while bytes move, so that no page can be given to somebody
 * else meanwhile.
 */
public final class UserMemory implements UserAccess {
    private final MemoryMap mm;
    private final ResourceLimits limits;
    private final GuestMemory memory;
    private final MemorySegment all;

    public UserMemory(MemoryMap mm, ResourceLimits limits) {
        this.mm = mm;
        this.limits = limits;
        this.memory = mm.memory();
        this.all = memory.mapping();
    }

    /** Offset in guest memory of {@code addr}, the rest of whose page may then be used. */
    private long locateLocked(long addr, boolean write) throws ErrnoException {
        if (addr < 0 || addr >= mm.limit) throw EFAULT.exception();
        long pte = PageFault.touchLocked(mm, limits, addr, write);
        if (pte == 0) throw EFAULT.exception();
        int page = PageTable.page(pte);
        memory.ensureLoaded(page, 1);
        return GuestMemory.offset(page) + (addr & Pages.OFFSET_MASK);
    }

    private static long rest(long addr) {
        return Pages.SIZE - (addr & Pages.OFFSET_MASK);
    }

    @Override
    public void read(long addr, MemorySegment to, long at, long length) throws ErrnoException {
        while (length > 0) {
            long n = Math.min(length, rest(addr));
            try (var _ = mm.lock.hold()) {
                MemorySegment.copy(all, locateLocked(addr, false), to, at, n);
            }
            addr += n;
            at += n;
            length -= n;
        }
    }

    @Override
    public void write(long addr, MemorySegment from, long at, long length) throws ErrnoException {
        while (length > 0) {
            long n = Math.min(length, rest(addr));
            try (var _ = mm.lock.hold()) {
                MemorySegment.copy(from, at, all, locateLocked(addr, true), n);
            }
            addr += n;
            at += n;
            length -= n;
        }
    }

    @Override
    public void zero(long addr, long length) throws ErrnoException {
        while (length > 0) {
            long n = Math.min(length, rest(addr));
            try (var _ = mm.lock.hold()) {
                all.asSlice(locateLocked(addr, true), n).fill((byte) 0);
            }
            addr += n;
            length -= n;
        }
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
        try (var _ = mm.lock.hold()) {
            return all.get(JAVA_BYTE, locateLocked(addr, false)) & 0xff;
        }
    }

    @Override
    public int readShort(long addr) throws ErrnoException {
        if (rest(addr) >= 2) {
            try (var _ = mm.lock.hold()) {
                return all.get(JAVA_SHORT_UNALIGNED, locateLocked(addr, false)) & 0xffff;
            }
        }
        return MemorySegment.ofArray(readBytes(addr, 2)).get(JAVA_SHORT_UNALIGNED, 0) & 0xffff;
    }

    @Override
    public int readInt(long addr) throws ErrnoException {
        if (rest(addr) >= 4) {
            try (var _ = mm.lock.hold()) {
                return all.get(JAVA_INT_UNALIGNED, locateLocked(addr, false));
            }
        }
        return MemorySegment.ofArray(readBytes(addr, 4)).get(JAVA_INT_UNALIGNED, 0);
    }

    @Override
    public long readLong(long addr) throws ErrnoException {
        if (rest(addr) >= 8) {
            try (var _ = mm.lock.hold()) {
                return all.get(JAVA_LONG_UNALIGNED, locateLocked(addr, false));
            }
        }
        return MemorySegment.ofArray(readBytes(addr, 8)).get(JAVA_LONG_UNALIGNED, 0);
    }

    @Override
    public void writeByte(long addr, int value) throws ErrnoException {
        try (var _ = mm.lock.hold()) {
            all.set(JAVA_BYTE, locateLocked(addr, true), (byte) value);
        }
    }

    @Override
    public void writeShort(long addr, int value) throws ErrnoException {
        if (rest(addr) >= 2) {
            try (var _ = mm.lock.hold()) {
                all.set(JAVA_SHORT_UNALIGNED, locateLocked(addr, true), (short) value);
            }
            return;
        }
        writeByte(addr, value);
        writeByte(addr + 1, value >> 8);
    }

    @Override
    public void writeInt(long addr, int value) throws ErrnoException {
        if (rest(addr) >= 4) {
            try (var _ = mm.lock.hold()) {
                all.set(JAVA_INT_UNALIGNED, locateLocked(addr, true), value);
            }
            return;
        }
        for (int i = 0; i < 4; i++) writeByte(addr + i, value >> (8 * i));
    }

    @Override
    public void writeLong(long addr, long value) throws ErrnoException {
        if (rest(addr) >= 8) {
            try (var _ = mm.lock.hold()) {
                all.set(JAVA_LONG_UNALIGNED, locateLocked(addr, true), value);
            }
            return;
        }
        for (int i = 0; i < 8; i++) writeByte(addr + i, (int) (value >> (8 * i)));
    }

    @Override
    public String readString(long addr, int maxBytes) throws ErrnoException {
        byte[] bytes = new byte[64];
        int n = 0;
        while (n < maxBytes) {
            int chunk = (int) Math.min(maxBytes - n, rest(addr));
            if (bytes.length < n + chunk) bytes = Arrays.copyOf(bytes, n + chunk);
            try (var _ = mm.lock.hold()) {
                long offset = locateLocked(addr, false);
                for (int i = 0; i < chunk; i++) {
                    byte b = all.get(JAVA_BYTE, offset + i);
                    if (b == 0) return new String(bytes, 0, n, StandardCharsets.ISO_8859_1);
                    bytes[n++] = b;
                }
            }
            addr += chunk;
        }
        throw ENAMETOOLONG.exception();
    }

    @Override
    public void checkWritable(long addr, long length) throws ErrnoException {
        for (long end = addr + length; addr < end; addr += rest(addr)) {
            try (var _ = mm.lock.hold()) {
                locateLocked(addr, true);
            }
        }
    }

    /**
     * What tells the word at {@code addr} apart from others for futex(2): the same for everyone who
     * shares it.
     */
    public FutexKey futexKey(long addr) throws ErrnoException {
        try (var _ = mm.lock.hold()) {
            long offset = locateLocked(addr, false);
            Vma vma = mm.findLocked(addr);
            boolean shared = vma != null && vma.shared;
            return shared ? new FutexKey(null, offset) : new FutexKey(mm, addr);
        }
    }

    /** Compare-and-set of the aligned word at {@code addr}; returns what was there. */
    public int compareAndExchange(long addr, int expected, int value) throws ErrnoException {
        try (var _ = mm.lock.hold()) {
            return (int) INT.compareAndExchange(all, locateLocked(addr, true), expected, value);
        }
    }

    /** The aligned word at {@code addr}, read atomically. */
    public int readIntVolatile(long addr) throws ErrnoException {
        try (var _ = mm.lock.hold()) {
            return (int) INT.getVolatile(all, locateLocked(addr, false));
        }
    }

    private static final java.lang.invoke.VarHandle INT =
            java.lang.foreign.ValueLayout.JAVA_INT.varHandle();
}
