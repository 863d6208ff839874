package stasis.host;

/** A host descriptor that someone owns. Closing it a second time does nothing. */
public final class HostFd implements AutoCloseable {
    private static final int F_DUPFD = 0;
    private static final int F_DUPFD_CLOEXEC = 1030;

    private final java.util.concurrent.atomic.AtomicInteger fd;

    public HostFd(int fd) {
        this.fd = new java.util.concurrent.atomic.AtomicInteger(fd);
    }

    /** Precondition: not closed. */
    public int number() {
        int n = fd.get();
        if (n < 0) throw new IllegalStateException("closed");
        return n;
    }

    /** A duplicate that children inherit, numbered {@code lowest} or above. */
    public HostFd inheritable(int lowest) throws HostException {
        long copy = Host.syscall(Nr.FCNTL, number(), F_DUPFD, lowest);
        return new HostFd((int) HostException.check(copy, "fcntl(F_DUPFD)"));
    }

    /** A close-on-exec duplicate. */
    public HostFd duplicate() throws HostException {
        long copy = Host.syscall(Nr.FCNTL, number(), F_DUPFD_CLOEXEC, 3);
        return new HostFd((int) HostException.check(copy, "fcntl(F_DUPFD_CLOEXEC)"));
    }

    @Override
    public void close() {
        int n = fd.getAndSet(-1);
        if (n >= 0) Host.close(n);
    }
}
