package stasis.kernel.lock;

/** Every lock of the kernel, outermost first. A thread takes them in this order only. */
public enum LockRank {
    /** Pausing, saving and resuming a kernel: one at a time. */
    CHECKPOINT,
    /** Putting one epoll instance into another: one at a time, so that no circle arises. */
    EPOLL_NESTING,
    /** An epoll instance. Instances nest by depth, which epoll_ctl(2) bounds. */
    EPOLL,
    /** A terminal: line discipline and window size. */
    TTY,
    /** The dentry tree and the mounts: held over look-ups, never over reads and writes. */
    VFS,
    /** A directory or file of some file system: attributes, entries. */
    INODE,
    /** One process's memory map. */
    MEMORY_MAP,
    /** Which pages a file or a shared mapping consists of. */
    FILE_PAGES,
    /** Process tree, thread groups, sessions, pending signals. */
    TASK_SET,
    /** Descriptor table of a process. */
    FD_TABLE,
    /** Position and flags of an open file. */
    FILE_DESCRIPTION,
    /** Buckets of futex(2). */
    FUTEX,
    /** A pair of connected sockets. */
    SOCKET,
    /** The TCP/IP stack and all sockets on it. */
    NETWORK,
    /** A pipe, an eventfd, a timerfd, a signalfd. */
    FILE,
    /** Timers of a clock. */
    CLOCK,
    /** Free and used pages of the memory file. */
    GUEST_MEMORY,
    /** Waiters on a queue. */
    WAIT_QUEUE
}
