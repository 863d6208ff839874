package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.control.Connection;
import stasis.host.Host;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.host.Nr;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A sandbox that is restored and waits for somebody to take it: its end of the conversation with
 * whoever keeps it. When that one is gone, nobody will come any more.
 *
 * <pre>
 *   sandbox                keeper
 *   {member: ID}      ──►
 *                     ◄──  {image, inMemory}   with the files of the image
 *   {ready} or {error}──►
 *                     ◄──  {claim: ID, ...}   with descriptors 0, 1, 2, and the claimant's
 * </pre>
 */
final class Standby {
    private final Connection keeper;

    /** The image is in memory already: copying what nobody asks for would only take more of it. */
    private boolean inMemory;

    private Standby(Connection keeper) {
        this.keeper = keeper;
    }

    /**
     * Who takes it, and as what.
     *
     * @param forget whether nothing of it is to stay when it has ended
     * @param paused whether it goes on with {@code resume} only
     * @param hostname another one, or null for that of the image
     * @param environment {@code NAME=value}, for its programs to read
     * @param claimant who is told that it goes on, or waits for its end if it is to be forgotten
     */
    record Claim(
            String id,
            boolean forget,
            boolean paused,
            @Nullable String hostname,
            List<String> environment,
            Claimant claimant) {}

    /** Before the sandbox gives up the host's files. */
    static Standby join(Path socket, String id) throws Failure, HostException {
        Connection keeper = Connection.open(socket);
        keeper.send(Connection.message("member", id));
        return new Standby(keeper);
    }

    /** The image to restore. */
    FdStore image() throws Failure, HostException, IOException {
        Map<String, @Nullable Object> given = keeper.receive();
        if (given == null) throw gone();
        inMemory = Boolean.TRUE.equals(given.get("inMemory"));
        return ImageFiles.of(keeper.descriptors());
    }

    private static Failure gone() {
        return new Failure(ExitCode.SANDBOX, "whoever keeps this sandbox is gone");
    }

    boolean inMemory() {
        return inMemory;
    }

    void failed(String why) {
        try {
            keeper.send(Connection.message("error", why));
        } catch (HostException e) {
            return; // nobody is left who would want to know
        }
    }

    /** Null when nobody will come any more. Its descriptors 0, 1 and 2 are then the claimant's. */
    @Nullable Claim await() throws HostException, IOException {
        keeper.send(Connection.message("ready", true));
        Map<String, @Nullable Object> claim = keeper.receive();
        if (claim == null) return null;
        HostFd[] passed = keeper.descriptors();
        keeper.close();
        if (passed.length != 4) throw new IOException("a claim without descriptors");
        for (int i = 0; i < 3; i++) {
            long result = Host.syscall(Nr.DUP3, passed[i].number(), i, 0);
            HostException.check(result, "dup3");
            passed[i].close();
        }
        List<String> environment = new ArrayList<>();
        if (claim.get("environment") instanceof List<?> list) {
            for (Object one : list) environment.add(String.valueOf(one));
        }
        return new Claim(
                String.valueOf(claim.get("claim")),
                Boolean.TRUE.equals(claim.get("forget")),
                Boolean.TRUE.equals(claim.get("paused")),
                claim.get("hostname") instanceof String name ? name : null,
                environment,
                new Claimant(passed[3]));
    }
}
