package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;

import java.nio.file.Path;

final class RestoreCommand extends Command {
    RestoreCommand() {
        super("makes a container that goes on where an image was taken");
    }

    @Override
    protected void define(CommandSpec spec) {
        LaunchOptions.define(spec);
        flag(spec, "--detach", "returns when the container goes on", "-d");
        flag(
                spec,
                "--ignore-cpu",
                "even if the image's programs may use what this processor lacks");
        value(spec, "--image-path", "the image; ./checkpoint if not given");
        choice(
                spec,
                "--background",
                "goes on while pages are still coming from the image, which is the default;"
                        + " with =false all are there first");
        value(
                spec,
                LaunchOptions.STANDBY,
                "where a pool listens: waits there, restored, until it is taken");
        value(spec, "--work-path", "folder for stats-restore, as CRIU writes it");
        flag(spec, "--tcp-close", "resets all TCP connections, as if their peers were gone");
        flag(spec, "--tcp-established", "taken without effect: connections are saved always");
        flag(spec, "--ext-unix-sk", "taken without effect");
        flag(spec, "--shell-job", "taken without effect: terminals are the sandbox's own");
        flag(spec, "--file-locks", "taken without effect: locks are saved always");
        value(spec, "--manage-cgroups-mode", "taken without effect");
        value(spec, "--lsm-profile", "taken without effect");
        value(spec, "--lsm-mount-context", "taken without effect");
    }

    @Override
    public int run(Arguments a) throws Failure {
        Path image = a.path("--image-path");
        if (image == null) image = Path.of("checkpoint").toAbsolutePath();
        return LaunchOptions.launch(a, image, true, a.flag("--detach"), false);
    }
}
