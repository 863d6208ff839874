package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.state.ContainerDirectory;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

final class StateCommand extends Command {
    StateCommand() {
        super("prints the state of a container as the OCI runtime specification has it");
    }

    @Override
    protected void define(CommandSpec spec) {
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        System.out.println(Json.pretty(state(a.container())));
        return 0;
    }

    static Map<String, @Nullable Object> state(ContainerDirectory container) throws Failure {
        try {
            String status = container.status();
            Map<String, @Nullable Object> saved = container.readState();
            Map<String, @Nullable Object> state = new LinkedHashMap<>();
            state.put("ociVersion", saved.get("ociVersion"));
            state.put("id", container.id());
            state.put("pid", status.equals("stopped") ? 0L : saved.get("pid"));
            state.put("status", status);
            for (String name : new String[] {"bundle", "rootfs", "created", "annotations"}) {
                state.put(name, saved.get(name));
            }
            return state;
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + container.path() + ": " + e, e);
        }
    }
}
