package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.pool.ClaimRequest;
import stasis.cli.pool.Fork;
import stasis.cli.state.StateRoot;

import java.util.ArrayList;
import java.util.List;

final class ForkCommand extends Command {
    private static final int COUNT_MAX = 1000;

    ForkCommand() {
        super("makes clones of a running container, which goes on");
    }

    @Override
    protected void define(CommandSpec spec) {
        positional(
                spec,
                "CONTAINER CLONE",
                "1..*",
                "the container's id; the clones' ids, or with --count what they begin with");
        value(spec, "--count", "so many clones, CLONE-1 and so on");
        flag(spec, "--paused", "the clones go on with \"resume\" only");
        values(spec, "--env", "NAME=VALUE, a line of /proc/stasis/environment", "-e");
        value(spec, "--hostname", "the clones' host name");
        value(spec, "--sentry", "own: each clone is a process of its own, which is the default");
    }

    @Override
    public int run(Arguments a) throws Failure {
        if (!a.value("--sentry", "own").equals("own")) {
            throw new Failure(ExitCode.USAGE, "--sentry=own is all there is yet");
        }
        List<String> environment = new ArrayList<>();
        for (String e : a.values("--env")) environment.add(ClaimRequest.variable(e));
        String hostname = a.value("--hostname");
        if (hostname != null) ClaimRequest.hostname(hostname);
        ClaimRequest as =
                new ClaimRequest(null, hostname, environment, false, a.flag("--paused"), 0);
        Fork.make(a.root(), a.container(), names(a), as, PoolOptions.globals(a), a.log());
        return 0;
    }

    private static List<String> names(Arguments a) throws Failure {
        List<String> given = a.positionals().subList(1, a.positionals().size());
        if (given.isEmpty()) throw new Failure(ExitCode.USAGE, "what are the clones' ids?");
        List<String> names = new ArrayList<>(given);
        int count = a.number("--count", 0);
        if (a.value("--count") != null) {
            if (given.size() != 1 || count < 1 || count > COUNT_MAX) {
                throw new Failure(
                        ExitCode.USAGE,
                        "--count takes 1 to " + COUNT_MAX + ", and one name to begin with");
            }
            names.clear();
            for (int i = 1; i <= count; i++) names.add(given.getFirst() + "-" + i);
        }
        for (String name : names) StateRoot.checkId(name);
        return names;
    }
}
