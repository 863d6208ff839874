package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.control.Connection;

import java.util.Map;

final class EventsCommand extends Command {
    EventsCommand() {
        super("prints what a container uses, a line of JSON each time");
    }

    @Override
    protected void define(CommandSpec spec) {
        flag(spec, "--stats", "once only");
        value(spec, "--interval", "seconds between two lines, with an s; 5s if not given");
        container(spec);
    }

    @Override
    public int run(Arguments a) throws Failure {
        String text = a.value("--interval", "5s").replaceFirst("s$", "");
        long seconds;
        try {
            seconds = Math.max(1, Long.parseLong(text));
        } catch (NumberFormatException e) {
            throw new Failure(stasis.cli.ExitCode.USAGE, "--interval: " + text, e);
        }
        try (Connection sandbox = AskCommand.connect(a.container(), "watch")) {
            while (true) {
                Map<String, @Nullable Object> now = sandbox.ask("stats");
                System.out.println(Json.text(event(a.id(), now)));
                if (a.flag("--stats")) return 0;
                Thread.sleep(seconds * 1000);
            }
        } catch (InterruptedException e) {
            return 0;
        }
    }

    private static Map<String, @Nullable Object> event(
            String id, Map<String, @Nullable Object> now) {
        Object data =
                Connection.message(
                        "pids",
                        Connection.message("current", now.get("processes")),
                        "memory",
                        Connection.message(
                                "usage", Connection.message("usage", now.get("memory"))));
        return Connection.message("type", "stats", "id", id, "data", data);
    }
}
