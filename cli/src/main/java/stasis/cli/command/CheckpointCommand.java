package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.boot.HostCpu;
import stasis.cli.boot.ImageFiles;
import stasis.cli.boot.PhaseLog;
import stasis.cli.control.Connection;
import stasis.cli.oci.CriuFiles;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.state.store.DirectoryStore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The sandbox writes into files that this command has opened, and this command puts the image into
 * its place: a sandbox has no access to host folders.
 */
final class CheckpointCommand extends Command {
    CheckpointCommand() {
        super("writes a running container into an image");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--image-path", "folder of the new image; ./checkpoint if not given");
        flag(spec, "--leave-running", "the container runs on");
        value(spec, "--compression", "none or lz4; lz4 if not given");
        value(spec, "--work-path", "folder for stats-dump, as CRIU writes it");
        flag(spec, "--tcp-established", "taken without effect: connections are saved always");
        flag(spec, "--ext-unix-sk", "taken without effect");
        flag(spec, "--shell-job", "taken without effect: terminals are the sandbox's own");
        flag(spec, "--file-locks", "taken without effect: locks are saved always");
        value(spec, "--manage-cgroups-mode", "taken without effect");
        flag(spec, "--pre-dump", "refused: images are whole");
        value(spec, "--parent-path", "refused: images are whole");
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        String compression = a.value("--compression", "lz4");
        if (!compression.equals("lz4") && !compression.equals("none")) {
            throw new Failure(ExitCode.USAGE, "--compression is none or lz4, not " + compression);
        }
        if (a.flag("--pre-dump") || a.value("--parent-path") != null) {
            throw new Failure(ExitCode.FAILED, "there are no pre-dumps: every image is whole");
        }
        Path image = a.path("--image-path");
        if (image == null) image = Path.of("checkpoint").toAbsolutePath();
        try (Connection sandbox = AskCommand.connect(a.container(), "checkpoint")) {
            Map<String, @Nullable Object> stats = sandbox.ask("stats");
            try {
                boolean leaveRunning = a.flag("--leave-running");
                PhaseLog phases = new PhaseLog(a.log(), "checkpoint command");
                save(sandbox, image, compression, leaveRunning, a.path("--work-path"), phases);
            } catch (IOException | HostException | Failure e) {
                throw explained(image, number(stats, "memory"), e);
            }
            return 0;
        }
    }

    private static Failure explained(Path image, long memory, Exception e) {
        String line = String.valueOf(e.getMessage());
        if (ImageSpace.isShort(line)) line = ImageSpace.explain(image, memory);
        else if (e instanceof Failure failure) return failure;
        return new Failure(ExitCode.FAILED, "cannot write " + image + ": " + line, e);
    }

    private static void save(
            Connection sandbox,
            Path image,
            String compression,
            boolean leaveRunning,
            @Nullable Path work,
            PhaseLog phases)
            throws Failure, IOException, HostException {
        long before = System.nanoTime();
        Map<String, @Nullable Object> saved;
        removeEmpty(image);
        Path parent = image.getParent();
        if (parent != null) Files.createDirectories(parent);
        try (DirectoryStore store = DirectoryStore.begin(image, true)) {
            for (String name : ImageFiles.NAMES) store.create(name).close();
            HostFd[] files = ImageFiles.openForWriting(store.directory());
            int[] numbers = new int[files.length];
            for (int i = 0; i < files.length; i++) numbers[i] = files[i].number();
            Map<String, @Nullable Object> request =
                    Connection.message(
                            "op",
                            "checkpoint",
                            "compression",
                            compression,
                            "leaveRunning",
                            leaveRunning,
                            "cpuFeatures",
                            HostCpu.features());
            phases.done("files made");
            saved = sandbox.ask(request, numbers);
            phases.done("written by the sandbox");
            Path inventory = store.directory().resolve(DirectoryStore.INVENTORY);
            Files.write(inventory, CriuFiles.inventory());
            store.commit();
            phases.done("durable and in place");
        }
        if (!leaveRunning) sandbox.ask("committed");
        if (work != null) writeStats(work, saved, System.nanoTime() - before);
    }

    private static void writeStats(Path work, Map<String, @Nullable Object> saved, long nanos)
            throws IOException {
        Files.createDirectories(work);
        byte[] stats =
                CriuFiles.dumpStats(number(saved, "pausedNanos"), nanos, number(saved, "pages"));
        Files.write(work.resolve(CriuFiles.STATS_DUMP), stats);
    }

    private static long number(Map<String, @Nullable Object> reply, String name) {
        return reply.get(name) instanceof Long n ? n : 0;
    }

    /** Clients make the folder that they name. */
    private static void removeEmpty(Path image) throws IOException {
        if (!Files.isDirectory(image)) return;
        try (var entries = Files.list(image)) {
            if (entries.findAny().isPresent()) return;
        }
        Files.delete(image);
    }
}
