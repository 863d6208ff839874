package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.control.Connection;
import stasis.cli.pool.KeeperProcess;
import stasis.cli.state.ContainerDirectory;
import stasis.cli.state.StateRoot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code pool create|claim|list|resize|delete}. */
final class PoolCommand extends Command {
    PoolCommand() {
        super("keeps restored sandboxes ready: create, claim, list, resize, delete");
    }

    @Override
    protected void define(CommandSpec spec) {
        positional(spec, "ACTION POOL", "1..*", "create, claim, list, resize or delete; its name");
        PoolOptions.define(spec);
        value(spec, "--name", "create: the pool's name");
        value(spec, "--format", "list: table or json", "-f");
        value(spec, "--id", "claim: the container's id; made up if not given");
        value(spec, "--hostname", "claim: the container's host name");
        values(spec, "--env", "claim: NAME=VALUE, a line of /proc/stasis/environment", "-e");
        value(spec, "--timeout", "claim: so many seconds are waited for a sandbox; 30");
        flag(spec, "--no-wait", "claim: fails at once if none is ready");
        flag(spec, "--paused", "claim: goes on with \"resume\" only");
        flag(spec, "--detach", "claim: returns, and says the id, when the container goes on", "-d");
    }

    @Override
    public int run(Arguments a) throws Failure {
        String action = a.id();
        switch (action) {
            case "create" -> {
                refuseIfThere(a.root(), name(a));
                KeeperProcess.start(a.root(), keeperArguments(a));
            }
            case "claim" -> throw noPool(a.root(), name(a));
            case "list" -> list(a);
            case "resize" -> {
                long size = PoolOptions.size(a, a.positionals().size() > 2 ? word(a, 2) : null);
                ask(a, Connection.message("op", "resize", "size", size));
            }
            case "delete" -> delete(a);
            default ->
                    throw new Failure(
                            ExitCode.USAGE,
                            "pool takes create, claim, list, resize or delete, not " + action);
        }
        return 0;
    }

    private static String name(Arguments a) throws Failure {
        String name = a.value("--name");
        if (name == null && a.positionals().size() > 1) name = word(a, 1);
        if (name == null) throw new Failure(ExitCode.USAGE, "which pool? Give its name");
        StateRoot.checkId(name);
        return name;
    }

    private static void refuseIfThere(StateRoot root, String name) throws Failure {
        try {
            if (!root.pools().folder(name).isAlive()) return;
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + root.path() + ": " + e, e);
        }
        throw new Failure(ExitCode.FAILED, "there is a pool \"" + name + "\" already");
    }

    private static String word(Arguments a, int index) {
        return a.positionals().get(index);
    }

    /** Claims are made by a program of their own, which bin/stasis starts if there is a pool. */
    private static Failure noPool(StateRoot root, String name) throws Failure {
        find(root, name);
        return new Failure(ExitCode.FAILED, "pool claim is for bin/stasis only");
    }

    private static ContainerDirectory find(StateRoot root, String name) throws Failure {
        try {
            ContainerDirectory folder = root.pools().folder(name);
            if (folder.isAlive()) return folder;
            root.pools().list(); // removes what is left of dead ones
            root.members().list();
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + root.path() + ": " + e, e);
        }
        throw new Failure(ExitCode.FAILED, "pool \"" + name + "\" does not exist");
    }

    private static void ask(Arguments a, Map<String, @Nullable Object> request) throws Failure {
        try (Connection keeper = Connection.open(find(a.root(), name(a)).socket())) {
            keeper.ask(request);
        }
    }

    private static List<String> keeperArguments(Arguments a) throws Failure {
        List<String> all = new ArrayList<>(PoolOptions.globals(a));
        all.addAll(List.of(PoolKeeperCommand.NAME, name(a)));
        all.addAll(PoolOptions.again(a));
        return all;
    }

    private static void delete(Arguments a) throws Failure {
        ContainerDirectory folder = find(a.root(), name(a));
        ask(a, Connection.message("op", "stop"));
        try {
            while (folder.isAlive()) {
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            }
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + folder.path() + ": " + e, e);
        }
    }

    private static void list(Arguments a) throws Failure {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        try {
            for (ContainerDirectory folder : a.root().pools().list()) {
                try (Connection keeper = Connection.open(folder.socket())) {
                    all.add(keeper.ask("report"));
                }
            }
            a.root().members().list();
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot list the pools: " + e, e);
        }
        if (a.value("--format", "table").equals("json")) {
            System.out.println(Json.text(all));
            return;
        }
        String[] columns = {"size", "ready", "starting", "claimed", "pid", "image", "note"};
        List<String[]> rows = new ArrayList<>();
        rows.add(
                new String[] {
                    "POOL", "SIZE", "READY", "STARTING", "CLAIMED", "PID", "IMAGE", "NOTE"
                });
        for (var pool : all) {
            List<String> row = new ArrayList<>(List.of(String.valueOf(pool.get("id"))));
            for (String column : columns) row.add(String.valueOf(pool.get(column)));
            rows.add(row.toArray(new String[0]));
        }
        System.out.print(Table.of(rows));
    }
}
