package stasis.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The host's system calls. A method that returns {@code long} gives the call's result, or -errno;
 * one that throws {@link HostException} is for calls that are not hot. Memory is passed by address:
 * who calls keeps it alive until the call returns.
 */
public final class Host {
    private static final int EINTR = 4;
    private static final int OPEN_HOW_BYTES = 24;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_EXEC = 0x10;

    private Host() {}

    /** True if a result is -1 to -4095. */
    public static boolean failed(long result) {
        return result < 0 && result >= -4095;
    }

    /** Any system call; the result or -errno. */
    public static long syscall(long nr, long a, long b, long c, long d, long e, long f) {
        if (StartCalls.LOADED) return StartCalls.call(nr, a, b, c, d, e, f);
        try {
            return (long) RawCalls.SYSCALL.invokeExact(nr, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    public static long syscall(long nr, long a, long b, long c) {
        return syscall(nr, a, b, c, 0, 0, 0);
    }

    /**
     * exit_group(2) at once: no shutdown hook runs and nothing is flushed. {@link Runtime#halt}
     * waits up to 300 ms for threads that are inside a call of the host, as a sandbox's always are.
     */
    public static void exit(int code) {
        syscall(Nr.EXIT_GROUP, code, 0, 0);
    }

    public static int getpid() {
        return (int) syscall(Nr.GETPID, 0, 0, 0);
    }

    public static int gettid() {
        return (int) syscall(Nr.GETTID, 0, 0, 0);
    }

    public static long kill(int pid, int signal) {
        return syscall(Nr.KILL, pid, signal, 0);
    }

    public static long tgkill(int pid, int tid, int signal) {
        return syscall(Nr.TGKILL, pid, tid, signal);
    }

    /** ptrace(2) as the system call knows it: PEEK requests store through {@code data}. */
    public static long ptrace(int request, int tid, long addr, long data) {
        return syscall(Nr.PTRACE, request, tid, addr, data, 0, 0);
    }

    /** wait4(2) without the usage; repeats after EINTR. */
    public static long waitpid(int pid, long statusAddr, int options) {
        long result;
        do {
            result = syscall(Nr.WAIT4, pid, statusAddr, options);
        } while (result == -EINTR);
        return result;
    }

    public static long close(int fd) {
        return syscall(Nr.CLOSE, fd, 0, 0);
    }

    public static long read(int fd, MemorySegment to) {
        return syscall(Nr.READ, fd, to.address(), to.byteSize());
    }

    public static long write(int fd, MemorySegment from) {
        return syscall(Nr.WRITE, fd, from.address(), from.byteSize());
    }

    public static long pread(int fd, MemorySegment to, long offset) {
        return syscall(Nr.PREAD64, fd, to.address(), to.byteSize(), offset, 0, 0);
    }

    public static long pwrite(int fd, MemorySegment from, long offset) {
        return syscall(Nr.PWRITE64, fd, from.address(), from.byteSize(), offset, 0, 0);
    }

    public static long fstat(int fd, long statAddr) {
        return syscall(Nr.FSTAT, fd, statAddr, 0);
    }

    public static long statx(int dirFd, long pathAddr, int flags, int mask, long statxAddr) {
        return syscall(Nr.STATX, dirFd, pathAddr, flags, mask, statxAddr, 0);
    }

    public static long getdents64(int fd, MemorySegment to) {
        return syscall(Nr.GETDENTS64, fd, to.address(), to.byteSize());
    }

    public static long readlinkat(int dirFd, long pathAddr, MemorySegment to) {
        return syscall(Nr.READLINKAT, dirFd, pathAddr, to.address(), to.byteSize(), 0, 0);
    }

    /** openat2(2): a path that cannot leave {@code dirFd} when {@code resolve} says so. */
    public static long openat2(int dirFd, long pathAddr, long flags, long mode, long resolve) {
        MemorySegment how = Scratch.ofThisThread().struct();
        how.setAtIndex(JAVA_LONG, 0, flags);
        how.setAtIndex(JAVA_LONG, 1, mode);
        how.setAtIndex(JAVA_LONG, 2, resolve);
        return syscall(Nr.OPENAT2, dirFd, pathAddr, how.address(), OPEN_HOW_BYTES, 0, 0);
    }

    /** poll(2) on an array of {@code struct pollfd}. */
    public static long poll(long pollFdsAddr, int count, int timeoutMillis) {
        return syscall(Nr.POLL, pollFdsAddr, count, timeoutMillis);
    }

    /** pipe2(2): the reading and the writing end. */
    public static HostFd[] pipe(int flags) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            HostException.check(syscall(Nr.PIPE2, ends.address(), flags, 0), "pipe2");
            return new HostFd[] {
                new HostFd(ends.getAtIndex(JAVA_INT, 0)), new HostFd(ends.getAtIndex(JAVA_INT, 1))
            };
        }
    }

    /** Writes all of it, or throws. */
    public static void writeAll(int fd, byte[] bytes) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocateFrom(JAVA_BYTE, bytes);
            for (long done = 0; done < bytes.length; ) {
                long n = write(fd, from.asSlice(done));
                if (n != -EINTR) done += HostException.check(n, "write(" + fd + ")");
            }
        }
    }

    /** An empty memory file, close-on-exec, that may hold code. */
    public static HostFd memfd(String name) throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            long at = arena.allocateFrom(name).address();
            long fd = syscall(Nr.MEMFD_CREATE, at, MFD_CLOEXEC | MFD_EXEC, 0);
            if (failed(fd)) fd = syscall(Nr.MEMFD_CREATE, at, MFD_CLOEXEC, 0); // before Linux 6.3
            return new HostFd((int) HostException.check(fd, "memfd_create(" + name + ")"));
        }
    }

    /** Shared, readable and writable, not reserved. The caller unmaps it. */
    public static long mapShared(int fd, long bytes) throws HostException {
        long at = syscall(Nr.MMAP, 0, bytes, 3, 0x4001, fd, 0); // SHARED | NORESERVE
        return HostException.check(at, "mmap(" + bytes + ", MAP_SHARED, " + fd + ")");
    }

    /** Zeros that take memory when they are touched. The caller unmaps it. */
    public static MemorySegment mapPrivate(long bytes) throws HostException {
        long at = syscall(Nr.MMAP, 0, bytes, 3, 0x4022, -1, 0); // PRIVATE | ANONYMOUS | NORESERVE
        HostException.check(at, "mmap(" + bytes + ", MAP_PRIVATE)");
        return MemorySegment.ofAddress(at).reinterpret(bytes);
    }

    public static void unmap(long hostAddr, long bytes) {
        syscall(Nr.MUNMAP, hostAddr, bytes, 0);
    }

    /**
     * posix_spawn(3), which is safe in a JVM where fork is not. The child inherits every descriptor
     * that is not close-on-exec and the calling thread's signal mask.
     *
     * @param environment {@code NAME=value}
     */
    public static int spawn(String path, List<String> arguments, List<String> environment)
            throws HostException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pid = arena.allocate(JAVA_INT);
            long result =
                    c(
                            "posix_spawn",
                            pid.address(),
                            arena.allocateFrom(path).address(),
                            0,
                            0,
                            strings(arena, arguments),
                            strings(arena, environment));
            HostException.check(-(int) result, "posix_spawn(" + path + ")");
            return pid.get(JAVA_INT, 0);
        }
    }

    /**
     * Becomes another user for good, with no groups and no capabilities, in every thread: glibc
     * tells them all, where the bare calls would change one.
     */
    public static void becomeUser(int uid, int gid) throws HostException {
        libcId("setgroups", 0, 0, 0);
        libcId("setresgid", gid, gid, gid);
        libcId("setresuid", uid, uid, uid);
    }

    private static void libcId(String function, int a, int b, int c) throws HostException {
        if ((int) c(function, a, b, c, 0, 0, 0) != 0) {
            throw new HostException(function, 1); // EPERM is the only errno of note
        }
    }

    /** Of a function of libc. */
    private static long address(String name) {
        try (Arena arena = Arena.ofConfined()) {
            long at = StartCalls.dlsym(0, arena.allocateFrom(name).address()); // RTLD_DEFAULT
            if (at == 0) throw new IllegalStateException("libc has no " + name);
            return at;
        }
    }

    private static long strings(Arena arena, List<String> strings) {
        MemorySegment pointers = arena.allocate(JAVA_LONG, strings.size() + 1);
        for (int i = 0; i < strings.size(); i++) {
            pointers.setAtIndex(JAVA_LONG, i, arena.allocateFrom(strings.get(i)).address());
        }
        return pointers.address();
    }

    /** Calls machine code of ours that takes nothing. */
    static long callCode(long address) {
        if (StartCalls.LOADED) return StartCalls.c(address, 0, 0, 0, 0, 0, 0);
        try {
            MemorySegment function = MemorySegment.ofAddress(address);
            return (long) RawCalls.C.invokeExact(function, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private static long c(String name, long a, long b, long c, long d, long e, long f) {
        if (StartCalls.LOADED) return StartCalls.c(address(name), a, b, c, d, e, f);
        MemorySegment function = RawCalls.symbol(name);
        try {
            return (long) RawCalls.C.invokeExact(function, a, b, c, d, e, f, 0L);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
