package stasis.cli.pool;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.cli.control.Connection;
import stasis.cli.state.ContainerDirectory;
import stasis.cli.state.StateRoot;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;

import java.util.List;
import java.util.Map;

/** One sandbox that waits, as its keeper sees it. */
final class Member {
    private static final int SHUT_RDWR = 2;

    private final ContainerDirectory folder;
    private final Process front;

    /** From when the sandbox has joined until it has left. Guarded by this. */
    private @Nullable Connection sandbox;

    /** Guarded by this. */
    private boolean joined;

    Member(ContainerDirectory folder, Process front) {
        this.folder = folder;
        this.front = front;
    }

    String id() {
        return folder.id();
    }

    Process front() {
        return front;
    }

    synchronized void joined(Connection connection) {
        sandbox = connection;
        joined = true;
    }

    synchronized boolean hasJoined() {
        return joined;
    }

    /** Its folder gets the name that it will be known by. */
    void rename(StateRoot root, String id, boolean forget) throws Failure {
        try {
            Map<String, @Nullable Object> state = folder.readState();
            state.put("id", id);
            state.put("created", Log.time());
            state.put("transient", forget);
            folder.writeState(state);
        } catch (java.io.IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot write " + folder.path() + ": " + e, e);
        }
        root.adopt(folder, id);
    }

    /**
     * The sandbox goes on, as {@code claim} says.
     *
     * @param descriptors 0, 1, 2 of its program, and who is told
     * @return false if it has ended: its folder is then a dead one, which nobody will see
     */
    synchronized boolean claim(ClaimRequest claim, String id, HostFd[] descriptors) {
        // The lock keeps the connection open: once told, the sandbox closes its end, and we ours.
        if (sandbox == null) return false;
        int[] numbers = new int[descriptors.length];
        for (int i = 0; i < numbers.length; i++) numbers[i] = descriptors[i].number();
        Map<String, @Nullable Object> message = Connection.message("claim", id);
        message.put("forget", claim.waits());
        message.put("paused", claim.paused());
        message.put("hostname", claim.hostname());
        message.put("environment", List.copyOf(claim.environment()));
        try {
            sandbox.send(message, numbers);
            return true;
        } catch (HostException e) {
            return false; // closed at the other end
        }
    }

    synchronized boolean isHere() {
        return sandbox != null;
    }

    /** Its connection is about to be closed. */
    synchronized void left() {
        sandbox = null;
    }

    /** Not wanted: it ends when it sees that nobody will come. */
    synchronized void dismiss() {
        if (sandbox != null) {
            Host.syscall(Nr.SHUTDOWN, sandbox.fd().number(), SHUT_RDWR, 0);
        }
    }
}
