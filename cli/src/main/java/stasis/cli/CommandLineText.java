package stasis.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.ArrayList;
import java.util.List;

/**
 * Spellings that callers of other runtimes use: long options with one dash, and {@code
 * --flag=true}. What follows a program's name is left alone.
 */
final class CommandLineText {
    private CommandLineText() {}

    /**
     * @param args where the options of {@code spec} begin
     */
    static List<String> normal(List<String> args, CommandSpec spec, boolean takesProgram) {
        List<String> normal = new ArrayList<>();
        boolean positional = false;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.equals("--") || (positional && takesProgram)) {
                normal.addAll(args.subList(i, args.size()));
                return normal;
            }
            if (arg.length() < 2 || arg.charAt(0) != '-') {
                positional = true;
                normal.add(arg);
                continue;
            }
            String name = arg.contains("=") ? arg.substring(0, arg.indexOf('=')) : arg;
            OptionSpec option = find(spec, name);
            if (option == null) {
                normal.add(arg);
                continue;
            }
            boolean flag = option.type() == boolean.class;
            String value = name.length() == arg.length() ? null : arg.substring(name.length() + 1);
            if (flag && option.arity().max() > 0) { // true if not given
                normal.add(option.longestName() + "=" + !"false".equals(value));
            } else if (flag) {
                if (!"false".equals(value)) normal.add(option.longestName());
            } else {
                if (value == null && i + 1 < args.size()) value = args.get(++i);
                normal.add(option.longestName());
                if (value != null) normal.add(value);
            }
        }
        return normal;
    }

    static @Nullable OptionSpec find(CommandSpec spec, String name) {
        OptionSpec option = spec.findOption(name);
        return option == null && !name.startsWith("--") ? spec.findOption("-" + name) : option;
    }
}
