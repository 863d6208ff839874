package stasis.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

import stasis.cli.boot.WarmUp;
import stasis.cli.command.Arguments;
import stasis.cli.command.Command;
import stasis.cli.command.Commands;
import stasis.cli.state.StateRoot;
import stasis.host.Host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Where every process of Stasis starts. */
public final class Main {
    private Log log = Log.toStderr();

    private Main() {}

    public static void main(String[] args) {
        if ("sentry".equals(System.getProperty("stasis.kind"))) WarmUp.start();
        int code = new Main().run(List.of(args));
        System.out.flush();
        System.err.flush();
        if (!Boolean.getBoolean("stasis.training")) Host.exit(code);
        Runtime.getRuntime().halt(code); // which writes the cache that was asked for
    }

    private int run(List<String> args) {
        try {
            return execute(args);
        } catch (Failure e) {
            log.error(String.valueOf(e.getMessage()));
            return e.code();
        } catch (CommandLine.ParameterException e) {
            log.error(e.getMessage() + " (see --help)");
            return ExitCode.USAGE;
        } catch (RuntimeException | Error e) {
            log.error("internal error: " + e);
            e.printStackTrace();
            return ExitCode.SANDBOX;
        }
    }

    private int execute(List<String> args) throws Failure {
        CommandSpec globalSpec = GlobalOptions.spec();
        int at = GlobalOptions.commandAt(args, globalSpec);
        ParseResult global = parse(globalSpec, args.subList(0, at), false);
        log = openLog(global);
        if (global.hasMatchedOption("--version")) return version();
        if (at == args.size()) {
            help(globalSpec);
            return global.hasMatchedOption("--help") ? 0 : ExitCode.USAGE;
        }
        String name = args.get(at);
        Command command = Commands.named(name);
        if (command == null || global.hasMatchedOption("--help")) {
            if (command == null && !name.equals("help")) {
                throw new Failure(ExitCode.USAGE, "unknown command \"" + name + "\" (see --help)");
            }
            help(globalSpec);
            return 0;
        }
        return execute(command, name, global, args.subList(at + 1, args.size()));
    }

    private int execute(Command command, String name, ParseResult global, List<String> args)
            throws Failure {
        CommandSpec spec = command.spec(name);
        ParseResult parsed = parse(spec, args, command.takesProgram());
        if (parsed.hasMatchedOption("--help")) {
            new CommandLine(spec).usage(System.out);
            return 0;
        }
        return command.run(
                new Arguments(global, parsed, positionals(parsed), stateRoot(global), log));
    }

    private static List<String> positionals(ParseResult parsed) {
        List<String> all = new ArrayList<>();
        // One that was met twice, with an option in between, has all values each time.
        for (var p : new LinkedHashSet<>(parsed.matchedPositionals())) {
            List<String> values = p.getValue();
            if (values != null) all.addAll(values);
        }
        return all;
    }

    private static ParseResult parse(CommandSpec spec, List<String> args, boolean takesProgram) {
        CommandLine line = new CommandLine(spec);
        line.setOverwrittenOptionsAllowed(true).setStopAtPositional(takesProgram);
        List<String> normal = CommandLineText.normal(args, spec, takesProgram);
        return line.parseArgs(normal.toArray(new String[0]));
    }

    private static Log openLog(ParseResult global) throws Failure {
        String log = global.matchedOptionValue("--log", null);
        return Log.open(
                log == null || log.isEmpty() ? null : Path.of(log),
                global.matchedOptionValue("--log-format", "text"),
                global.hasMatchedOption("--debug"));
    }

    private static StateRoot stateRoot(ParseResult global) {
        @Nullable String given = global.matchedOptionValue("--root", null);
        if (given != null && !given.isEmpty()) return new StateRoot(Path.of(given));
        boolean root = "root".equals(System.getProperty("user.name"));
        return new StateRoot(StateRoot.standard(root, System.getenv("XDG_RUNTIME_DIR")));
    }

    private static int version() {
        System.out.println("stasis version " + Version.TEXT);
        System.out.println("spec: " + Version.SPEC);
        return 0;
    }

    private static void help(CommandSpec spec) {
        new CommandLine(spec).usage(System.out);
        System.out.println("Commands (each has --help):");
        for (String name : Commands.NAMES) {
            Command command = Commands.named(name);
            if (command == null) continue;
            String[] summary = command.spec(name).usageMessage().description();
            System.out.printf("  %-12s %s%n", name, String.join(" ", summary));
        }
    }
}
