package stasis.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.List;

/** Options before the subcommand, those of runsc and runc. */
final class GlobalOptions {
    private static final String NO_EFFECT = "taken without effect";

    private GlobalOptions() {}

    static CommandSpec spec() {
        CommandSpec spec = CommandSpec.create().name("stasis");
        value(spec, "--root", "folder with the containers' states");
        value(spec, "--platform", "what traps system calls: ptrace, systrap, kvm");
        value(spec, "--log", "file for errors");
        value(spec, "--log-format", "text or json");
        value(spec, "--debug-log", "file for --strace and --debug");
        value(spec, "--network", "sandbox: the interfaces of the network namespace; none: lo");
        value(spec, "--pcap", "file that gets a sandbox's packets, for tcpdump and Wireshark");
        value(spec, "--cgroup-manager", NO_EFFECT);
        flag(spec, "--debug", "more in the log");
        flag(spec, "--strace", "tells every system call");
        flag(spec, "--log-packets", "tells every packet");
        flag(spec, "--rootless", "taken without effect: found out by itself");
        flag(spec, "--systemd-cgroup", NO_EFFECT);
        flag(spec, "--ignore-cgroups", "leaves the sandbox in the caller's cgroup");
        spec.addOption(option("--version", "-v").type(boolean.class).versionHelp(true).build());
        spec.addOption(option("--help", "-h").type(boolean.class).usageHelp(true).build());
        return spec;
    }

    private static OptionSpec.Builder option(String... names) {
        return OptionSpec.builder(names);
    }

    private static void value(CommandSpec spec, String name, String description) {
        spec.addOption(option(name).type(String.class).arity("1").description(description).build());
    }

    private static void flag(CommandSpec spec, String name, String description) {
        spec.addOption(option(name).type(boolean.class).description(description).build());
    }

    /** Where the subcommand is, or the size. */
    static int commandAt(List<String> args, CommandSpec spec) {
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (!arg.startsWith("-")) return i;
            OptionSpec option = CommandLineText.find(spec, arg);
            if (option != null && option.type() != boolean.class) i++;
        }
        return args.size();
    }
}
