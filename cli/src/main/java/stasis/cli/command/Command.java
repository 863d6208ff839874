package stasis.cli.command;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import stasis.cli.Failure;

/** A subcommand: what it takes, and what it does. Options are those of runsc and runc. */
public abstract class Command {
    private final String summary;

    Command(String summary) {
        this.summary = summary;
    }

    /** Adds options and positional parameters. */
    protected abstract void define(CommandSpec spec);

    /** The exit code. */
    public abstract int run(Arguments arguments) throws Failure;

    /** True if everything after the first positional parameter is the program's. */
    public boolean takesProgram() {
        return false;
    }

    public CommandSpec spec(String name) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(summary);
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .type(boolean.class)
                        .description("shows this")
                        .build());
        define(spec);
        return spec;
    }

    static void flag(CommandSpec spec, String name, String... descriptionAndAliases) {
        spec.addOption(
                names(name, descriptionAndAliases)
                        .type(boolean.class)
                        .description(descriptionAndAliases[0])
                        .build());
    }

    /** A flag that may be followed by {@code =true} or {@code =false}. */
    static void choice(CommandSpec spec, String name, String... descriptionAndAliases) {
        spec.addOption(
                names(name, descriptionAndAliases)
                        .type(boolean.class)
                        .arity("0..1")
                        .fallbackValue("true")
                        .description(descriptionAndAliases[0])
                        .build());
    }

    static void value(CommandSpec spec, String name, String... descriptionAndAliases) {
        spec.addOption(
                names(name, descriptionAndAliases)
                        .type(String.class)
                        .arity("1")
                        .paramLabel(name.substring(2).toUpperCase(java.util.Locale.ROOT))
                        .description(descriptionAndAliases[0])
                        .build());
    }

    /** Like {@link #value}, may be given more than once. */
    static void values(CommandSpec spec, String name, String... descriptionAndAliases) {
        spec.addOption(
                names(name, descriptionAndAliases)
                        .type(java.util.List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .paramLabel(name.substring(2).toUpperCase(java.util.Locale.ROOT))
                        .description(descriptionAndAliases[0])
                        .build());
    }

    private static OptionSpec.Builder names(String name, String[] rest) {
        String[] names = rest.clone();
        names[0] = name;
        return OptionSpec.builder(names);
    }

    static void container(CommandSpec spec) {
        positional(spec, "CONTAINER", "1", "the container's id");
    }

    static void positional(CommandSpec spec, String label, String arity, String description) {
        spec.addPositional(
                PositionalParamSpec.builder()
                        .paramLabel(label)
                        .type(java.util.List.class)
                        .auxiliaryTypes(String.class)
                        .arity(arity)
                        .required(!arity.startsWith("0"))
                        .description(description)
                        .build());
    }
}
