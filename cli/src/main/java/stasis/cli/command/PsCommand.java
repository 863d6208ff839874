package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.control.Connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Process ids are those inside: outside there are none. */
final class PsCommand extends Command {
    PsCommand() {
        super("lists the processes of a container");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--format", "table or json", "-f");
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        try (Connection sandbox = AskCommand.connect(a.container(), "list processes of")) {
            List<?> all =
                    sandbox.ask("ps").get("processes") instanceof List<?> list ? list : List.of();
            if (a.value("--format", "table").equals("json")) {
                List<Object> pids = new ArrayList<>();
                for (Object p : all) if (p instanceof Map<?, ?> m) pids.add(m.get("pid"));
                System.out.println(Json.text(pids));
            } else {
                table(all);
            }
            return 0;
        }
    }

    private static void table(List<?> all) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"UID", "PID", "PPID", "THREADS", "TIME", "CMD"});
        for (Object p : all) {
            if (!(p instanceof Map<?, ?> m)) continue;
            long millis = m.get("cpuNanos") instanceof Long n ? n / 1_000_000 : 0;
            rows.add(
                    new String[] {
                        String.valueOf(m.get("uid")),
                        String.valueOf(m.get("pid")),
                        String.valueOf(m.get("ppid")),
                        String.valueOf(m.get("threads")),
                        millis + "ms",
                        String.valueOf(m.get("command"))
                    });
        }
        System.out.print(Table.of(rows));
    }
}
