package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import stasis.abi.ErrnoException;
import stasis.gofer.client.GoferConnection;
import stasis.gofer.protocol.MessageSocket;
import stasis.gofer.protocol.ProtocolException;
import stasis.gofer.server.Export;
import stasis.gofer.server.GoferServer;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;
import stasis.host.Scratch;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What a gofer does until its sentry is up: it serves a client of its own, so that nothing is
 * linked for the first time when the sentry asks. That takes 15 ms off every start, and the sentry
 * needs longer than it takes.
 */
final class Rehearsal {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
    private static final String NAME = "rehearsal";

    private Rehearsal() {}

    /**
     * What goes wrong here goes wrong again, and is told, when it counts.
     *
     * @param folder to look into
     */
    static void play(String folder) {
        try {
            HostFd root = GoferMain.open(folder, true);
            MemorySegment pair = Scratch.ofThisThread().struct();
            long at = pair.address();
            HostException.check(
                    Host.syscall(Nr.SOCKETPAIR, AF_UNIX, SOCK_STREAM_CLOEXEC, 0, at, 0, 0),
                    "socketpair");
            Thread server = serve(new HostFd(pair.get(JAVA_INT, 4)), root);
            ask(new HostFd(pair.get(JAVA_INT, 0)));
            server.join();
        } catch (HostException | ErrnoException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread serve(HostFd socket, HostFd root) {
        return Thread.ofPlatform()
                .name(NAME)
                .start(
                        () -> {
                            try (root;
                                    MessageSocket messages = new MessageSocket(socket)) {
                                new GoferServer(messages, List.of(new Export(NAME, root, true)))
                                        .serve();
                            } catch (HostException | ProtocolException e) {
                                return; // ask() fails as well
                            }
                        });
    }

    private static void ask(HostFd socket) throws ErrnoException {
        try (GoferConnection gofer = new GoferConnection(new MessageSocket(socket))) {
            int root = gofer.attach(NAME);
            int file = gofer.walk(root, List.of("jdk"));
            gofer.getattr(file);
            gofer.open(file, 0).close();
            gofer.clunk(root);
        }
    }
}
