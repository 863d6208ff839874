package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.state.ContainerDirectory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class ListCommand extends Command {
    ListCommand() {
        super("lists the containers");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--format", "table or json", "-f");
        flag(spec, "--quiet", "only ids", "-q");
    }

    @Override
    public int run(Arguments a) throws Failure {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        try {
            for (ContainerDirectory c : a.root().list()) all.add(StateCommand.state(c));
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot list the containers: " + e, e);
        }
        if (a.flag("--quiet")) {
            for (var c : all) System.out.println(c.get("id"));
        } else if (a.value("--format", "table").equals("json")) {
            System.out.println(Json.text(all));
        } else {
            table(all);
        }
        return 0;
    }

    private static void table(List<Map<String, @Nullable Object>> all) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"ID", "PID", "STATUS", "BUNDLE", "CREATED"});
        for (var c : all) {
            rows.add(
                    new String[] {
                        String.valueOf(c.get("id")),
                        String.valueOf(c.get("pid")),
                        String.valueOf(c.get("status")),
                        String.valueOf(c.get("bundle")),
                        String.valueOf(c.get("created"))
                    });
        }
        System.out.print(Table.of(rows));
    }
}
