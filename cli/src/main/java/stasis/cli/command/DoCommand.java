package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.boot.Terminals;
import stasis.cli.oci.Spec;
import stasis.cli.oci.SpecException;
import stasis.cli.oci.SpecTemplate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class DoCommand extends Command {
    DoCommand() {
        super("runs a program of this host in a sandbox; what it writes stays there");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--cwd", "its working directory; the caller's if not given");
        value(spec, "--root", "folder that it sees as its root; / if not given");
        value(spec, "--id", "name of the container; made up if not given");
        flag(
                spec,
                LaunchOptions.OWN_NETWORK,
                "a network of its own that leads where the host's does; needs root and nft");
        values(spec, "--env", "NAME=VALUE, added to the caller's environment", "-e");
        positional(spec, "PROGRAM ARGUMENT", "1..*", "what is run");
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public int run(Arguments a) throws Failure {
        Path root = Path.of(a.value("--root", "/")).toAbsolutePath().normalize();
        boolean terminal = Terminals.isTerminal(0) && Terminals.isTerminal(1);
        String id = a.value("--id", "do-" + Long.toString(System.nanoTime(), 36));
        try {
            Spec spec =
                    SpecTemplate.host(
                            root, a.positionals(), environment(a), cwd(a, root), terminal);
            return LaunchOptions.launch(a, id, root, spec, null, true, false, true);
        } catch (SpecException e) {
            throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static String cwd(Arguments a, Path root) {
        String here = root.equals(Path.of("/")) ? System.getProperty("user.dir", "/") : "/";
        return a.value("--cwd", here);
    }

    /** The caller's, without what the way here has added. */
    private static List<String> environment(Arguments a) {
        List<String> env = new ArrayList<>();
        for (Map.Entry<String, String> e : System.getenv().entrySet()) {
            if (!e.getKey().startsWith("STASIS_")) env.add(e.getKey() + "=" + e.getValue());
        }
        for (String extra : a.values("--env")) {
            String name = extra.substring(0, Math.max(0, extra.indexOf('=')) + 1);
            env.removeIf(e -> e.startsWith(name));
            env.add(extra);
        }
        return env;
    }
}
