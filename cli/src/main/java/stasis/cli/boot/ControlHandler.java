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
import stasis.kernel.SavedMoment;
import stasis.state.UnsavableException;
import stasis.state.image.ManifestBuilder;
import stasis.state.pages.Compression;
import stasis.state.pages.LostPagesException;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Answers what other commands ask of a sandbox. */
final class ControlHandler implements ControlServer.Handler {
    private final Supervisor supervisor;
    private final Launch launch;
    private final @Nullable PageLoading loading;
    private final Log log;

    /** One image at a time; the sandbox may go on while it is written. */
    private final ReentrantLock saving = new ReentrantLock();

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
            if (leaveRunning) {
                long paused = saveAndGoOn(store, compression, features, phases);
                from.send(saved(supervisor.kernel(), paused));
                return;
            }
            long before = System.nanoTime();
            supervisor.standing(
                    kernel -> {
                        phases.done("paused");
                        save(kernel, store, compression, features, phases);
                        return !confirmed(kernel, from, System.nanoTime() - before);
                    });
        } catch (HostException e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        } finally {
            for (HostFd fd : descriptors) fd.close();
        }
    }

    /** The sandbox stands still for its graph only; how long, in nanoseconds. */
    private long saveAndGoOn(
            FdStore store, Compression compression, List<String> features, PhaseLog phases)
            throws Failure {
        saving.lock();
        try {
            Checkpoint checkpoint = new Checkpoint(KernelSavedTypes.all());
            supervisor.kernel().machine().memory().loadEverything();
            supervisor.kernel().machine().memory().prepareSeal();
            phases.done("ready to pause");
            SavedMoment[] moment = new SavedMoment[1];
            long before = System.nanoTime();
            supervisor.standing(
                    kernel -> {
                        phases.done("paused");
                        moment[0] = checkpoint.moment(kernel, about(kernel, features), phases);
                        return true;
                    });
            long paused = System.nanoTime() - before;
            phases.done("goes on");
            try (SavedMoment now = moment[0]) {
                Background.run("image-writer", () -> now.write(store, compression, phases));
                log.debug(
                        "checkpoint: "
                                + now.copied()
                                + " bytes copied meanwhile, the guest slowed "
                                + now.waits()
                                + " times");
            }
            phases.done("memory unsealed");
            return paused;
        } catch (IOException | UnsavableException | LostPagesException e) {
            throw new Failure(ExitCode.FAILED, "cannot save: " + e.getMessage(), e);
        } finally {
            saving.unlock();
        }
    }

    private static Map<String, @Nullable Object> saved(Kernel kernel, long paused) {
        long pages = kernel.machine().memory().used();
        return Connection.message("ok", true, "pausedNanos", paused, "pages", pages);
    }

    private void save(
            Kernel kernel,
            FdStore store,
            Compression compression,
            List<String> features,
            PhaseLog phases)
            throws Failure {
        try {
            Checkpoint checkpoint = new Checkpoint(KernelSavedTypes::all);
            checkpoint.save(kernel, store, compression, about(kernel, features), phases);
        } catch (IOException | UnsavableException | LostPagesException e) {
            throw new Failure(ExitCode.FAILED, "cannot save: " + e.getMessage(), e);
        }
    }

    private ManifestBuilder about(Kernel kernel, List<String> features) {
        return new ManifestBuilder()
                .stasisVersion(Version.TEXT)
                .created(Instant.now())
                .cpu(kernel.machine().platform().fpuFeatures(), features)
                .container(launch.id(), Checkpoint.processes(kernel));
    }

    /** True if the image is in its place: then this sandbox has been moved into it. */
    private boolean confirmed(Kernel kernel, Connection from, long paused) {
        try {
            from.send(saved(kernel, paused));
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
