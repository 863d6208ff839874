package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import stasis.cli.hooks.HookKeeper;

import java.util.List;

/** Every subcommand by name. */
public final class Commands {
    public static final List<String> NAMES =
            List.of(
                    "run",
                    "create",
                    "start",
                    "do",
                    "exec",
                    "state",
                    "list",
                    "ps",
                    "kill",
                    "delete",
                    "pause",
                    "resume",
                    "wait",
                    "events",
                    "update",
                    "checkpoint",
                    "restore",
                    "pool",
                    "fork",
                    "spec",
                    "features",
                    "inspect",
                    "compat",
                    "demo",
                    "install");

    private Commands() {}

    public static @Nullable Command named(String name) {
        return switch (name) {
            case "run" -> new RunCommand();
            case "create" -> new CreateCommand();
            case "start" -> new StartCommand();
            case "pause" -> new AskCommand("pause", "stops every process and every clock");
            case "resume" -> new AskCommand("resume", "lets a paused container go on");
            case "do" -> new DoCommand();
            case "exec" -> new ExecCommand();
            case "state" -> new StateCommand();
            case "list" -> new ListCommand();
            case "ps" -> new PsCommand();
            case "kill" -> new KillCommand();
            case "delete" -> new DeleteCommand();
            case "wait" -> new WaitCommand();
            case "events" -> new EventsCommand();
            case "update" -> new UpdateCommand();
            case "checkpoint" -> new CheckpointCommand();
            case "restore" -> new RestoreCommand();
            case "spec" -> new SpecCommand();
            case "features" -> new FeaturesCommand();
            case "inspect" -> new InspectCommand();
            case "compat" -> new CompatCommand();
            case "demo" -> new DemoCommand();
            case "install" -> new InstallCommand();
            case "pool" -> new PoolCommand();
            case "fork" -> new ForkCommand();
            case PoolKeeperCommand.NAME -> new PoolKeeperCommand();
            case HookKeeper.COMMAND -> new HookKeeperCommand();
            default -> null;
        };
    }
}
