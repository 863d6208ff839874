package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ParseResult;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.cli.state.ContainerDirectory;
import stasis.cli.state.StateRoot;

import java.nio.file.Path;
import java.util.List;

/** One command line, taken apart: the program's own options and the subcommand's. */
public final class Arguments {
    private final ParseResult global;
    private final ParseResult command;
    private final List<String> positionals;
    private final StateRoot root;
    private final Log log;

    public Arguments(
            ParseResult global,
            ParseResult command,
            List<String> positionals,
            StateRoot root,
            Log log) {
        this.global = global;
        this.command = command;
        this.positionals = positionals;
        this.root = root;
        this.log = log;
    }

    public StateRoot root() {
        return root;
    }

    public Log log() {
        return log;
    }

    @Nullable String global(String name) {
        return global.matchedOptionValue(name, null);
    }

    boolean globalFlag(String name) {
        return global.hasMatchedOption(name);
    }

    @Nullable String value(String name) {
        return command.matchedOptionValue(name, null);
    }

    String value(String name, String otherwise) {
        String value = value(name);
        return value == null ? otherwise : value;
    }

    List<String> values(String name) {
        List<String> all = command.matchedOptionValue(name, null);
        return all == null ? List.of() : all;
    }

    @Nullable Path path(String name) {
        String value = value(name);
        return value == null || value.isEmpty() ? null : Path.of(value).toAbsolutePath();
    }

    boolean flag(String name) {
        return command.hasMatchedOption(name);
    }

    /** Of an option that may be {@code --name}, {@code --name=true} or {@code --name=false}. */
    boolean flag(String name, boolean otherwise) {
        return command.matchedOptionValue(name, otherwise);
    }

    int number(String name, int otherwise) throws Failure {
        String value = value(name);
        if (value == null) return otherwise;
        try {
            return Integer.parseUnsignedInt(value);
        } catch (NumberFormatException e) {
            throw new Failure(ExitCode.USAGE, name + " needs a number, not " + value, e);
        }
    }

    List<String> positionals() {
        return positionals;
    }

    String id() {
        return positionals.getFirst();
    }

    ContainerDirectory container() throws Failure {
        return root.find(id());
    }
}
