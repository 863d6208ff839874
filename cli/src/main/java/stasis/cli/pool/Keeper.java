package stasis.cli.pool;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.cli.boot.PhaseLog;
import stasis.cli.control.ClaimReply;
import stasis.cli.control.Connection;
import stasis.cli.control.ControlServer;
import stasis.cli.state.ContainerDirectory;
import stasis.cli.state.StateRoot;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The process of one pool: keeps it full, hands its sandboxes over, and answers questions. Its
 * folder is like a container's, so that a pool whose keeper has died is seen to be dead.
 *
 * <pre>
 *   state.json status lock    as a container's
 *   control.sock              list, resize, delete
 *   claim.sock                {@link ClaimRequest}
 *   members.sock              sandboxes that wait
 *   log                       what they wrote when something went wrong
 * </pre>
 */
public final class Keeper implements ControlServer.Handler {
    /** Not among the commands that help lists. */
    public static final String COMMAND = "pool-keeper";

    public static final String CLAIM_SOCKET = "claim.sock";

    private static final long PATIENCE_MILLIS = 10_000;

    private final StateRoot root;
    private final ContainerDirectory folder;
    private final Template template;
    private final Stock stock;
    private final Members members;
    private final Log log;

    /** Whoever deletes the pool has heard of it. */
    private final CountDownLatch answered = new CountDownLatch(1);

    private Keeper(
            StateRoot root, ContainerDirectory folder, Template template, Stock stock, Log log)
            throws Failure {
        this.log = log;
        this.root = root;
        this.folder = folder;
        this.template = template;
        this.stock = stock;
        Redirect output = Redirect.appendTo(folder.path().resolve("log").toFile());
        Path socket = folder.path().resolve("members.sock");
        this.members = new Members(root.members(), socket, template, output, stock);
    }

    /** Told when the pool can be used. */
    public interface Started {
        void usable() throws IOException;
    }

    /** Keeps a pool until it is deleted. */
    public static int keep(
            StateRoot root,
            String name,
            Template template,
            int size,
            long keepFree,
            Started told,
            Log log)
            throws Failure {
        try (ContainerDirectory.Made made = root.pools().create(name)) {
            ContainerDirectory folder = made.folder();
            Stock stock = new Stock(name, size, keepFree);
            Keeper keeper = new Keeper(root, folder, template, stock, log);
            try (var status = folder.openStatus()) {
                folder.writeState(keeper.state());
                keeper.serve(told);
                status.truncate(0);
            } finally {
                keeper.close();
                folder.delete();
            }
            return 0;
        } catch (IOException | HostException e) {
            throw new Failure(ExitCode.FAILED, "cannot keep the pool: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new Failure(ExitCode.FAILED, "interrupted", e);
        }
    }

    private Map<String, @Nullable Object> state() {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("id", folder.id());
        state.put("pid", ProcessHandle.current().pid());
        state.put("image", template.name().toString());
        state.put("bundle", template.bundle().toString());
        state.put("transient", true);
        return state;
    }

    private void serve(Started told)
            throws Failure, HostException, IOException, InterruptedException {
        root.members().list(); // removes what is left of dead ones
        ControlServer claims = ControlServer.listen(folder.path().resolve(CLAIM_SOCKET));
        ControlServer control = ControlServer.listen(folder.socket());
        Thread filler = Thread.ofPlatform().name("filler").start(this::fill);
        try {
            stock.awaitFirst();
        } catch (Failure e) {
            stock.close(PATIENCE_MILLIS);
            throw e;
        }
        control.start(this);
        Thread.ofPlatform().daemon().name("claims").start(() -> accept(claims));
        told.usable();
        filler.join();
        answered.await();
    }

    private void fill() {
        try {
            stock.keepFull(() -> members.start(newId()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String newId() {
        return folder.id() + "-" + Long.toString(System.nanoTime(), 36);
    }

    // ---- claims

    private void accept(ControlServer claims) {
        while (true) {
            try {
                Connection claimant = claims.accept();
                Thread.ofPlatform().daemon().name("claim").start(() -> claim(claimant));
            } catch (HostException e) {
                return;
            }
        }
    }

    private void claim(Connection claimant) {
        try (claimant) {
            byte[] words = claimant.receiveBytes();
            if (words == null) return;
            HostFd[] descriptors = claimant.descriptors();
            try {
                handOver(ClaimRequest.of(words), claimant, descriptors);
            } catch (Failure e) {
                ClaimReply.send(claimant.fd(), e.code(), "stasis: " + e.getMessage() + "\n");
            } finally {
                for (HostFd fd : descriptors) fd.close();
            }
        } catch (HostException e) {
            return; // the claimant is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The sandbox answers. */
    private void handOver(ClaimRequest request, Connection claimant, HostFd[] given)
            throws Failure, InterruptedException {
        if (given.length != 3) {
            throw new Failure(ExitCode.FAILED, "a claim needs descriptors 0, 1 and 2");
        }
        PhaseLog phases = new PhaseLog(log, "claim");
        if (request.id() != null) StateRoot.checkId(request.id());
        HostFd[] passed = {given[0], given[1], given[2], claimant.fd()};
        while (!handOver(request, passed, stock.take(request.timeoutMillis()), phases)) {}
    }

    /** False if that one has just died: the next one will do. */
    private boolean handOver(ClaimRequest request, HostFd[] passed, Member member, PhaseLog phases)
            throws Failure {
        phases.done("a sandbox is there");
        String id = request.id() == null ? member.id() : request.id();
        try {
            member.rename(root, id, request.waits());
        } catch (Failure e) {
            if (!stock.giveBack(member)) return false;
            throw e;
        }
        phases.done("it has its name");
        boolean taken = member.claim(request, id, passed);
        phases.done(taken ? "handed over" : "it has died");
        return taken;
    }

    // ---- questions

    @Override
    public void handle(Map<String, @Nullable Object> request, Connection from, HostFd[] descriptors)
            throws Failure, HostException, IOException {
        switch (String.valueOf(request.get("op"))) {
            case "report" -> {
                Map<String, @Nullable Object> report = state();
                report.putAll(stock.report());
                from.send(report);
            }
            case "resize" -> {
                if (!(request.get("size") instanceof Long size)) {
                    throw new Failure(ExitCode.FAILED, "resize needs a size");
                }
                stock.resize(size.intValue());
                from.send(Connection.message("ok", true));
            }
            case "stop" -> {
                try {
                    stop();
                    from.send(Connection.message("ok", true));
                } finally {
                    answered.countDown();
                }
            }
            default -> throw new Failure(ExitCode.FAILED, "unknown request to a pool");
        }
    }

    private void stop() throws Failure, IOException {
        try {
            members.dismissAll();
            stock.close(PATIENCE_MILLIS);
            root.members().list(); // removes their folders
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(ExitCode.FAILED, "interrupted", e);
        }
    }

    private void close() {
        members.close();
        for (HostFd fd : template.image()) fd.close();
        try {
            Files.deleteIfExists(folder.path().resolve("log"));
        } catch (IOException e) {
            return; // goes with the folder
        }
    }
}
