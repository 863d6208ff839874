package stasis.kernel.vfs;

import stasis.state.Saved;

/**
 * A lock on bytes {@code [start, end]} of a file.
 *
 * @param exclusive F_WRLCK or LOCK_EX rather than F_RDLCK or LOCK_SH
 * @param pid who took it, for F_GETLK; -1 for open file description locks
 */
@Saved("vfs.RecordLock")
public record RecordLock(LockOwner owner, boolean exclusive, long start, long end, int pid) {
    /** The last byte of a lock that reaches to the end of the file. */
    public static final long TO_END = Long.MAX_VALUE;

    boolean overlaps(long from, long to) {
        return start <= to && from <= end;
    }

    boolean conflictsWith(RecordLock other) {
        return owner != other.owner
                && (exclusive || other.exclusive)
                && overlaps(other.start, other.end);
    }

    RecordLock part(long from, long to) {
        return new RecordLock(owner, exclusive, from, to, pid);
    }
}
