package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.boot.Launch;
import stasis.cli.boot.Sandbox;
import stasis.cli.front.SandboxFds;
import stasis.cli.link.Networking;
import stasis.cli.oci.Spec;
import stasis.cli.oci.SpecException;
import stasis.cli.state.StateRoot;

import java.nio.file.Path;

/** What the commands that make a sandbox have in common. */
final class LaunchOptions {
    /** Of {@code restore}; by whoever keeps a pool, not by people. */
    static final String STANDBY = "--standby";

    /** Of {@code do}. */
    static final String OWN_NETWORK = "--network";

    private LaunchOptions() {}

    static void define(CommandSpec spec) {
        Command.value(spec, "--bundle", "folder with config.json; the working directory", "-b");
        Command.value(spec, "--pid-file", "where to write the sandbox's process id");
        Command.value(spec, "--console-socket", "unix socket that gets the terminal's other end");
        Command.value(spec, "--preserve-fds", "so many descriptors from 3 on go to the program");
        Command.flag(spec, "--no-pivot", "taken without effect: nothing is mounted outside");
        Command.flag(spec, "--no-new-keyring", "taken without effect: a sandbox has no keyring");
        Command.flag(spec, "--no-subreaper", "taken without effect");
        Command.container(spec);
    }

    static Path bundle(Arguments a) {
        Path bundle = a.path("--bundle");
        return (bundle == null ? Path.of("") : bundle).toAbsolutePath().normalize();
    }

    static Spec spec(Path bundle) throws Failure {
        try {
            return Spec.read(bundle);
        } catch (SpecException e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * @param keep whether state and folder of a container that was waited for stay
     */
    static int launch(
            Arguments a, @Nullable Path image, boolean start, boolean detach, boolean keep)
            throws Failure {
        Path bundle = bundle(a);
        StateRoot.checkId(a.id());
        return launch(a, a.id(), bundle, spec(bundle), image, start, detach, !detach && !keep);
    }

    static int launch(
            Arguments a,
            String id,
            Path bundle,
            Spec spec,
            @Nullable Path image,
            boolean start,
            boolean detach,
            boolean forget)
            throws Failure {
        if (!"sentry".equals(System.getProperty("stasis.kind"))) {
            throw new Failure(ExitCode.SANDBOX, "a sandbox is started by bin/stasis only");
        }
        int preserved = a.number("--preserve-fds", 0);
        if (preserved > SandboxFds.PRESERVED_MAX) {
            throw new Failure(
                    ExitCode.USAGE, "--preserve-fds: at most " + SandboxFds.PRESERVED_MAX);
        }
        String debugLog = a.global("--debug-log");
        return Sandbox.run(
                new Launch(
                        id,
                        bundle,
                        spec,
                        image,
                        image == null ? null : a.path(STANDBY),
                        image != null && a.flag("--background", true),
                        image == null ? null : a.path("--work-path"),
                        start,
                        detach,
                        forget,
                        a.path("--pid-file"),
                        a.path("--console-socket"),
                        preserved,
                        !a.globalFlag("--ignore-cgroups"),
                        a.global("--platform"),
                        a.flag("--ignore-cpu"),
                        networking(a, spec, image != null),
                        a.globalFlag("--strace"),
                        debugLog == null ? null : Path.of(debugLog).toAbsolutePath()),
                a.root(),
                a.log());
    }

    private static Networking networking(Arguments a, Spec spec, boolean restored) throws Failure {
        String network = a.global("--network");
        if ("host".equals(network)) {
            throw new Failure(
                    ExitCode.SANDBOX,
                    "--network=host is not there: what the host's sockets hold cannot be saved;"
                            + " --network=sandbox takes the interfaces of a network namespace");
        }
        boolean outside = network == null || network.equals("sandbox");
        if (!outside && !"none".equals(network)) {
            throw new Failure(ExitCode.USAGE, "--network: sandbox, host or none, not " + network);
        }
        boolean own = a.flag(OWN_NETWORK);
        if (own && !outside) {
            throw new Failure(ExitCode.USAGE, "a network of its own, and --network=" + network);
        }
        boolean closeTcp = restored && a.flag("--tcp-close");
        String capture = a.global("--pcap");
        return new Networking(
                outside,
                spec.networkNamespace(),
                own,
                closeTcp,
                capture == null ? null : Path.of(capture).toAbsolutePath(),
                a.globalFlag("--log-packets"));
    }
}
