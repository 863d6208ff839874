package stasis.kernel.syscall.linux;

import static stasis.abi.Errno.EINVAL;

import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.caller.UserAccess;

import java.lang.foreign.MemorySegment;

/**
 * User memory in pieces: an array of {@code struct iovec}, readv(2), or the one buffer of read(2).
 *
 * <pre>
 * struct iovec
 * offset  size  field
 *      0     8  iov_base
 *      8     8  iov_len
 *     16        sizeof
 * </pre>
 */
final class IoVector {
    /** {@code include/uapi/linux/uio.h}. */
    private static final int UIO_MAXIOV = 1024;

    private final long[] bases;
    private final long[] lengths;
    private final long length;

    private IoVector(long[] bases, long[] lengths, long length) {
        this.bases = bases;
        this.lengths = lengths;
        this.length = length;
    }

    /** One buffer; like Linux, at most MAX_RW_COUNT of it. EINVAL if the length is negative. */
    static IoVector of(long addr, long length) throws ErrnoException {
        if (length < 0) throw EINVAL.exception();
        long most = Math.min(length, Transfer.MAX);
        return new IoVector(new long[] {addr}, new long[] {most}, most);
    }

    static IoVector read(UserAccess memory, long addr, long count) throws ErrnoException {
        if (count < 0 || count > UIO_MAXIOV) throw EINVAL.exception();
        int n = (int) count;
        long[] bases = new long[n];
        long[] lengths = new long[n];
        long total = 0;
        for (int i = 0; i < n; i++) {
            bases[i] = memory.readLong(addr + 16L * i);
            lengths[i] = memory.readLong(addr + 16L * i + 8);
            if (lengths[i] < 0) throw EINVAL.exception();
            lengths[i] = Math.min(lengths[i], Transfer.MAX - total);
            total += lengths[i];
        }
        return new IoVector(bases, lengths, total);
    }

    long length() {
        return length;
    }

    /** What is done with one piece: {@code length} bytes at {@code addr}, {@code at} of the way. */
    private interface Step {
        void run(long addr, long at, long length) throws ErrnoException;
    }

    private void each(long from, long count, Step step) throws ErrnoException {
        long start = 0;
        long done = 0;
        for (int i = 0; i < bases.length && done < count; i++) {
            long skip = Math.max(0, from - start);
            long n = Math.min(lengths[i] - skip, count - done);
            start += lengths[i];
            if (n <= 0) continue;
            step.run(bases[i] + skip, done, n);
            done += n;
        }
    }

    /** Copies {@code count} bytes of {@code buffer} to the bytes from {@code from} on. */
    void write(UserAccess memory, long from, MemorySegment buffer, long count)
            throws ErrnoException {
        each(from, count, (addr, at, n) -> memory.write(addr, buffer, at, n));
    }

    /** Copies the {@code count} bytes from {@code from} on to {@code buffer}. */
    void read(UserAccess memory, long from, MemorySegment buffer, long count)
            throws ErrnoException {
        each(from, count, (addr, at, n) -> memory.read(addr, buffer, at, n));
    }

    void checkWritable(UserAccess memory, long from, long count) throws ErrnoException {
        each(from, count, (addr, _, n) -> memory.checkWritable(addr, n));
    }

    /** Bytes from {@code from} on that lie in one page and one piece. */
    long bytesToPageEnd(long from) {
        long start = 0;
        for (int i = 0; i < bases.length; i++) {
            long skip = from - start;
            start += lengths[i];
            if (from >= start) continue;
            long addr = bases[i] + skip;
            return Math.min(lengths[i] - skip, Pages.SIZE - (addr & Pages.OFFSET_MASK));
        }
        return 0;
    }
}
