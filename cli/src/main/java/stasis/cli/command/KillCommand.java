package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.control.Connection;

import java.util.List;
import java.util.Locale;

final class KillCommand extends Command {
    private static final List<String> NAMES =
            List.of(
                    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");
    private static final int SIGNALS = 64;

    KillCommand() {
        super("sends a signal to the first process of a container");
    }

    @Override
    protected void define(CommandSpec spec) {
        flag(spec, "--all", "to every process", "-a");
        value(spec, "--pid", "to this process, by its id inside");
        positional(spec, "CONTAINER [SIGNAL]", "1..2", "TERM if no signal is given");
    }

    @Override
    public int run(Arguments a) throws Failure {
        int signal = signal(a.positionals().size() > 1 ? a.positionals().get(1) : "TERM");
        int pid = a.number("--pid", 0);
        try (Connection sandbox = AskCommand.connect(a.container(), "kill")) {
            sandbox.ask(
                    Connection.message(
                            "op",
                            "kill",
                            "signal",
                            (long) signal,
                            "pid",
                            (long) pid,
                            "all",
                            a.flag("--all")));
            return 0;
        }
    }

    /** A number, or a name with or without SIG. */
    static int signal(String text) throws Failure {
        String name = text.toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) name = name.substring(3);
        int index = NAMES.indexOf(name);
        if (index >= 0) return index + 1;
        try {
            int number = Integer.parseInt(name);
            if (number >= 0 && number <= SIGNALS) return number;
        } catch (NumberFormatException e) {
            throw new Failure(ExitCode.USAGE, "unknown signal " + text, e);
        }
        throw new Failure(ExitCode.USAGE, "unknown signal " + text);
    }
}
