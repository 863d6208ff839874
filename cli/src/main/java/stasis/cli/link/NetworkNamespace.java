package stasis.cli.link;

import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.host.Scratch;

import java.util.concurrent.atomic.AtomicReference;

/** Work inside another network namespace, network_namespaces(7), by a thread that goes there. */
final class NetworkNamespace {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int AT_FDCWD = -100;
    private static final int O_RDONLY_CLOEXEC = 0x80000;

    private NetworkNamespace() {}

    interface Work<T> {
        T run() throws HostException;
    }

    static HostFd open(String path) throws HostException {
        long at = Scratch.ofThisThread().path(path);
        long fd = Host.syscall(Nr.OPENAT, AT_FDCWD, at, O_RDONLY_CLOEXEC);
        return new HostFd((int) HostException.check(fd, "open " + path));
    }

    /** Precondition: {@code work} gives something. */
    static <T> T in(String path, Work<T> work) throws HostException {
        AtomicReference<T> result = new AtomicReference<>();
        AtomicReference<HostException> failure = new AtomicReference<>();
        Thread there =
                Thread.ofPlatform()
                        .name("namespace")
                        .start(
                                () -> {
                                    try {
                                        join(path);
                                        result.set(work.run());
                                    } catch (HostException e) {
                                        failure.set(e);
                                    }
                                });
        boolean interrupted = false;
        while (there.isAlive()) {
            try {
                there.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
        HostException failed = failure.get();
        if (failed != null) throw failed;
        T done = result.get();
        if (done == null) throw new IllegalStateException("nothing came of it: " + path);
        return done;
    }

    private static void join(String path) throws HostException {
        try (HostFd namespace = open(path)) {
            long result = Host.syscall(Nr.SETNS, namespace.number(), CLONE_NEWNET, 0);
            HostException.check(result, "setns " + path);
        }
    }
}
