package stasis.kernel.task;

import static stasis.abi.Futex.FUTEX_OWNER_DIED;
import static stasis.abi.Futex.FUTEX_TID_MASK;
import static stasis.abi.Futex.FUTEX_WAITERS;

import stasis.abi.ErrnoException;
import stasis.kernel.mm.UserMemory;

/**
 * get_robust_list(2): locks that a task still holds when it ends are marked and one waiter each is
 * woken, {@code struct robust_list_head} of {@code include/uapi/linux/futex.h}: list.next (8),
 * futex_offset (8), list_op_pending (8).
 */
final class RobustList {
    /** ROBUST_LIST_LIMIT: a longer list is a broken one. */
    private static final int LIMIT = 2048;

    private RobustList() {}

    static void release(Task task) {
        long head = task.robustList;
        task.robustList = 0;
        if (head == 0) return;
        try {
            walk(task, head);
        } catch (ErrnoException e) {
            // A list that cannot be read ends there, as in Linux.
        }
    }

    private static void walk(Task task, long head) throws ErrnoException {
        UserMemory m = task.memory();
        long offset = m.readLong(head + 8);
        long pending = m.readLong(head + 16) & ~1L;
        long entry = m.readLong(head) & ~1L;
        for (int i = 0; i < LIMIT && entry != head; i++) {
            long next = m.readLong(entry) & ~1L;
            if (entry != pending) ownerDied(task, entry + offset);
            entry = next;
        }
        if (pending != 0) ownerDied(task, pending + offset);
    }

    private static void ownerDied(Task task, long addr) throws ErrnoException {
        if ((addr & 3) != 0) return;
        UserMemory m = task.memory();
        for (; ; ) {
            int word = m.readIntVolatile(addr);
            if ((word & FUTEX_TID_MASK) != task.tid()) return;
            int dead = (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
            if (m.compareAndExchange(addr, word, dead) != word) continue;
            if ((word & FUTEX_WAITERS) != 0) {
                task.machine().futexes().wake(m.futexKey(addr), 1, -1);
            }
            return;
        }
    }
}
