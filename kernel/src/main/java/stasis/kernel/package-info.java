/**
 * The kernel: {@link stasis.kernel.Kernel}, how it is saved and restored ({@link
 * stasis.kernel.Checkpoint}), and what an image may hold ({@link stasis.kernel.KernelSavedTypes}).
 *
 * <pre>
 * Lock order, outermost first. A thread may leave steps out, but takes no step back;
 * LockRank says the same in code, and assertions check it.
 *
 *   CHECKPOINT            pause, save, resume: one at a time
 *     EPOLL_NESTING       one epoll instance put into another
 *       EPOLL             an instance; they nest by depth
 *         TTY             a terminal
 *           VFS           names, dentries, mounts: over look-ups only
 *             INODE       attributes and entries of one file
 *               MEMORY_MAP            one process's vmas and page table
 *                 FILE_PAGES          which pages a file consists of
 *                   TASK_SET          process tree, pending signals
 *                     FD_TABLE        descriptors of one process
 *                       FILE_DESCRIPTION    position, flags
 *                         FUTEX             buckets
 *                           SOCKET          a pair
 *                             NETWORK       the TCP/IP stack, all sockets on it
 *                               FILE        a pipe, an eventfd, ...
 *                                 CLOCK     timers
 *                                   GUEST_MEMORY    free and used pages
 *                                     WAIT_QUEUE    waiters
 * </pre>
 *
 * Two locks of one rank are held together only where {@code RankedLock.holdSecond} says so and why
 * no circle arises. Whoever is woken by a {@code WaitQueue} takes no lock above it.
 */
@org.jspecify.annotations.NullMarked
package stasis.kernel;
