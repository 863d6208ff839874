package stasis.cli.pool;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.boot.HostCpu;
import stasis.cli.boot.ImageFiles;
import stasis.cli.control.Connection;
import stasis.cli.oci.ProcessSpec;
import stasis.cli.oci.Spec;
import stasis.cli.oci.SpecException;
import stasis.cli.state.ContainerDirectory;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What all clones are made from.
 *
 * @param image its files, in the order of {@link ImageFiles#NAMES}
 * @param inMemory whether it is nowhere else, so that it need not be copied
 * @param name of the image, for messages
 * @param globals options before the subcommand that members have from here
 * @param options of {@code restore} that members have from here
 */
public record Template(
        HostFd[] image,
        boolean inMemory,
        Path name,
        Path bundle,
        List<String> globals,
        List<String> options) {

    /** An image on disk. Its files stay open, so they may go. */
    public static Template ofImage(
            Path image, Path bundle, List<String> globals, List<String> options) throws Failure {
        check(bundle);
        return new Template(
                ImageFiles.openForReading(image), false, image, bundle, globals, options);
    }

    /**
     * A running container, which goes on: its image is in memory, and nowhere else. It stands still
     * while its pages are copied.
     */
    public static Saved ofContainer(
            ContainerDirectory container, List<String> globals, List<String> options)
            throws Failure {
        Path bundle = bundle(container);
        check(bundle);
        try (Connection sandbox = Connection.open(container.socket())) {
            HostFd[] files = ImageFiles.inMemory();
            int[] numbers = new int[files.length];
            for (int i = 0; i < files.length; i++) numbers[i] = files[i].number();
            var request =
                    Connection.message(
                            "op",
                            "checkpoint",
                            "compression",
                            "none",
                            "leaveRunning",
                            true,
                            "cpuFeatures",
                            HostCpu.features());
            var reply = sandbox.ask(request, numbers);
            ImageFiles.becomeReadOnly(files);
            long nanos = reply.get("pausedNanos") instanceof Long n ? n : 0;
            Path name = Path.of("of " + container.id());
            return new Saved(new Template(files, true, name, bundle, globals, options), nanos);
        } catch (HostException e) {
            throw new Failure(ExitCode.FAILED, "no memory for an image: " + e.getMessage(), e);
        }
    }

    /**
     * @param pausedNanos how long the container stood still
     */
    public record Saved(Template template, long pausedNanos) {}

    private static Path bundle(ContainerDirectory container) throws Failure {
        try {
            if (container.readState().get("bundle") instanceof String bundle) {
                return Path.of(bundle);
            }
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + container.path() + ": " + e, e);
        }
        throw new Failure(ExitCode.FAILED, container.id() + " has no bundle");
    }

    /**
     * Hooks would run when a clone begins to wait, under a name that it does not keep; a terminal
     * would be one for all clones.
     */
    private static void check(Path bundle) throws Failure {
        Spec spec;
        try {
            spec = Spec.read(bundle);
        } catch (SpecException e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
        ProcessSpec process = spec.process();
        String has = null;
        if (spec.hooks().anyOutside()) has = "hooks";
        if (process != null && process.terminal()) has = "a terminal";
        if (has == null) return;
        throw new Failure(
                ExitCode.FAILED,
                bundle + "/config.json has " + has + ", which clones cannot have yet");
    }

    /** The arguments of a front that makes a member. */
    List<String> arguments(Path root, Path socket, String id) {
        List<String> all = new ArrayList<>(List.of("--root", root.toString()));
        all.addAll(globals);
        all.add("restore");
        all.addAll(options);
        all.addAll(List.of("--standby", socket.toString(), "--detach"));
        all.addAll(List.of("--bundle", bundle.toString(), "--image-path", name.toString(), id));
        return all;
    }

    int[] numbers() {
        int[] numbers = new int[image.length];
        for (int i = 0; i < image.length; i++) numbers[i] = image[i].number();
        return numbers;
    }
}
