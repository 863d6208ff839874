package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.cli.Version;
import stasis.cli.control.Connection;
import stasis.cli.control.ControlServer;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.kernel.Checkpoint;
import stasis.kernel.Kernel;
import stasis.kernel.KernelSavedTypes;
import stasis.state.SavedTypes;
import stasis.state.UnsavableException;
import stasis.state.image.ManifestBuilder;
import stasis.state.pages.Compression;
import stasis.state.pages.LostPagesException;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers what other commands ask of a sandbox. */
final class ControlHandler implements ControlServer.Handler {
    private final Supervisor supervisor;
    private final Launch launch;
    private final @Nullable PageLoading loading;
    private final Log log;

    /**
     * @param loading of a sandbox that was restored
     */
    ControlHandler(Supervisor supervisor, Launch launch, @Nullable PageLoading loading, Log log) {
        this.supervisor = supervisor;
        this.launch = launch;
        this.loading = loading;
        this.log = log;
    }

    @Override
    public void handle(Map<String, @Nullable Object> request, Connection from, HostFd[] descriptors)
            throws Failure, HostException, IOException {
        String operation = String.valueOf(request.get("op"));
        switch (operation) {
            case "state" -> from.send(Connection.message("status", supervisor.status()));
            case "start" -> {
                supervisor.start("created");
                done(from);
            }
            case "pause" -> {
                supervisor.pause();
                done(from);
            }
            case "resume" -> {
                supervisor.resume();
                done(from);
            }
            case "kill" -> {
                boolean all = Boolean.TRUE.equals(request.get("all"));
                supervisor.kill((int) number(request, "signal"), (int) number(request, "pid"), all);
                done(from);
            }
            case "ps" -> from.send(Connection.message("processes", supervisor.processes()));
            case "stats" -> stats(from);
            case "wait" -> await(from);
            case "wait-restore" -> {
                if (loading != null) loading.await();
                done(from);
            }
            case "exec" -> new ExecSession(supervisor, from, descriptors).run(request);
            case "checkpoint" -> checkpoint(request, from, descriptors);
            default -> throw new Failure(ExitCode.FAILED, "unknown request " + operation);
        }
    }

    private static void done(Connection to) throws HostException {
        to.send(Connection.message("ok", true));
    }

    private static long number(Map<String, @Nullable Object> request, String name) {
        return request.get(name) instanceof Long n ? n : 0;
    }

    private void stats(Connection from) throws HostException {
        long pages = supervisor.kernel().machine().memory().used();
        from.send(
                Connection.message(
                        "processes", (long) supervisor.processes().size(), "memory", pages << 12));
    }

    private void await(Connection from) throws HostException {
        done(from);
        try {
            from.sendExitCode(supervisor.awaitCode());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- checkpoint

    /**
     * The image's files come open and are made durable by who asked. Only when that is done, and
     * told, does a sandbox that is not to run on end; should the asker vanish, it runs on. What can
     * be done before the pause is done before one that is to be short, and during any other.
     */
    private void checkpoint(
            Map<String, @Nullable Object> request, Connection from, HostFd[] descriptors)
            throws Failure {
        boolean leaveRunning = Boolean.TRUE.equals(request.get("leaveRunning"));
        Compression compression =
                "none".equals(request.get("compression")) ? Compression.RAW : Compression.LZ4;
        FdStore store = ImageFiles.of(descriptors);
        List<String> features = new ArrayList<>();
        if (request.get("cpuFeatures") instanceof List<?> list) {
            for (Object f : list) features.add(String.valueOf(f));
        }
        try {
            PhaseLog phases = new PhaseLog(log, "checkpoint");
            SavedTypes types = leaveRunning ? KernelSavedTypes.all() : null;
            phases.done("ready to pause");
            long before = System.nanoTime();
            supervisor.standing(
                    kernel -> {
                        phases.done("paused");
                        save(kernel, types, store, compression, features, phases);
                        return leaveRunning || !confirmed(kernel, from, before);
                    });
            if (leaveRunning) from.send(saved(supervisor.kernel(), before));
        } catch (HostException e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        } finally {
            for (HostFd fd : descriptors) fd.close();
        }
    }

    private static Map<String, @Nullable Object> saved(Kernel kernel, long since) {
        long paused = System.nanoTime() - since;
        long pages = kernel.machine().memory().used();
        return Connection.message("ok", true, "pausedNanos", paused, "pages", pages);
    }

    private void save(
            Kernel kernel,
            @Nullable SavedTypes types,
            FdStore store,
            Compression compression,
            List<String> features,
            PhaseLog phases)
            throws Failure {
        try {
            ManifestBuilder about =
                    new ManifestBuilder()
                            .stasisVersion(Version.TEXT)
                            .created(Instant.now())
                            .cpu(kernel.machine().platform().fpuFeatures(), features)
                            .container(launch.id(), Checkpoint.processes(kernel));
            Checkpoint checkpoint =
                    types == null ? new Checkpoint(KernelSavedTypes::all) : new Checkpoint(types);
            checkpoint.save(kernel, store, compression, about, phases);
        } catch (IOException | UnsavableException | LostPagesException e) {
            throw new Failure(ExitCode.FAILED, "cannot save: " + e.getMessage(), e);
        }
    }

    /** True if the image is in its place: then this sandbox has been moved into it. */
    private boolean confirmed(Kernel kernel, Connection from, long since) {
        try {
            from.send(saved(kernel, since));
            Map<String, @Nullable Object> answer = from.receive();
            if (answer == null || !"committed".equals(answer.get("op"))) return false;
            done(from);
            supervisor.end(ExitCode.SANDBOX + 9);
            return true;
        } catch (HostException | IOException e) {
            return false;
        }
    }
}
