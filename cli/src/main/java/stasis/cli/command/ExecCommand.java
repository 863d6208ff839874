package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.boot.Terminals;
import stasis.cli.boot.Waiter;
import stasis.cli.control.Connection;
import stasis.cli.state.ContainerDirectory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class ExecCommand extends Command {
    ExecCommand() {
        super("runs one more program in a running container");
    }

    @Override
    protected void define(CommandSpec spec) {
        value(spec, "--process", "file with the program as config.json's process", "-p");
        flag(spec, "--detach", "returns when the program has been started", "-d");
        flag(spec, "--tty", "with a terminal of its own", "-t");
        value(spec, "--console-socket", "unix socket that gets the terminal's other end");
        value(
                spec,
                "--pid-file",
                "where to write the id of a process that ends as the program does");
        value(spec, "--cwd", "working directory");
        values(spec, "--env", "NAME=VALUE", "-e");
        value(spec, "--user", "UID[:GID]", "-u");
        value(spec, "--preserve-fds", "so many descriptors from 3 on go to the program");
        positional(spec, "CONTAINER [PROGRAM ARGUMENT]", "1..*", "what is run, without --process");
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public int run(Arguments a) throws Failure {
        ContainerDirectory container = a.container();
        Map<String, @Nullable Object> process = process(a, container);
        int[] terminal = null;
        if (Boolean.TRUE.equals(process.get("terminal"))) {
            Path socket = a.path("--console-socket");
            if (socket != null) {
                int slave = Terminals.forClient(socket).number();
                terminal = new int[] {slave, slave, slave};
            } else if (a.flag("--detach")) {
                throw new Failure(
                        ExitCode.USAGE, "--detach with a terminal needs --console-socket");
            }
        }
        try (Connection sandbox = AskCommand.connect(container, "exec in")) {
            Map<String, @Nullable Object> request =
                    Connection.message("op", "exec", "process", process);
            int[] fds = new int[3 + a.number("--preserve-fds", 0)];
            for (int i = 0; i < fds.length; i++) fds[i] = i;
            sandbox.ask(request, terminal == null ? fds : terminal);
            if (a.flag("--detach")) {
                detach(a, sandbox);
                return 0;
            }
            Path pidFile = a.path("--pid-file");
            if (pidFile != null) write(pidFile, ProcessHandle.current().pid());
            return sandbox.receiveExitCode();
        }
    }

    /** Clients wait for a process: it gets the rest of the conversation. */
    private static void detach(Arguments a, Connection sandbox) throws Failure {
        long pid = Waiter.start(sandbox.fd());
        Path pidFile = a.path("--pid-file");
        if (pidFile != null) write(pidFile, pid);
    }

    private static void write(Path file, long pid) throws Failure {
        try {
            Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
            Files.writeString(fresh, Long.toString(pid));
            Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot write " + file + ": " + e, e);
        }
    }

    // ---- what to run

    private static Map<String, @Nullable Object> process(Arguments a, ContainerDirectory container)
            throws Failure {
        Path file = a.path("--process");
        Map<String, @Nullable Object> process =
                file != null ? read(file) : fromBundle(container, a);
        if (a.flag("--tty")) process.put("terminal", true);
        if (a.value("--cwd") != null) process.put("cwd", a.value("--cwd"));
        List<Object> env = new ArrayList<>();
        if (process.get("env") instanceof List<?> list) env.addAll(list);
        env.addAll(a.values("--env"));
        process.put("env", env);
        if (a.value("--user") != null) process.put("user", user(a.value("--user", "")));
        return process;
    }

    private static Map<String, @Nullable Object> fromBundle(
            ContainerDirectory container, Arguments a) throws Failure {
        List<String> args = a.positionals().subList(1, a.positionals().size());
        if (args.isEmpty()) throw new Failure(ExitCode.USAGE, "exec needs a program or --process");
        try {
            Object bundle = container.readState().get("bundle");
            Map<String, @Nullable Object> process = new LinkedHashMap<>();
            Path config = Path.of(String.valueOf(bundle), "config.json");
            if (Files.exists(config) && read(config).get("process") instanceof Map<?, ?> theirs) {
                theirs.forEach((k, v) -> process.put(String.valueOf(k), v));
            }
            process.put("args", args);
            process.put("terminal", false);
            return process;
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot read " + container.path() + ": " + e, e);
        }
    }

    private static Map<String, @Nullable Object> read(Path file) throws Failure {
        try {
            return Json.object(Files.readAllBytes(file));
        } catch (java.nio.file.NoSuchFileException e) {
            throw new Failure(ExitCode.FAILED, file + ": no such file or directory", e);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, @Nullable Object> user(String text) throws Failure {
        String[] parts = text.split(":", 2);
        try {
            long uid = Integer.parseUnsignedInt(parts[0]);
            long gid = parts.length == 2 ? Integer.parseUnsignedInt(parts[1]) : 0;
            return Connection.message("uid", uid, "gid", gid);
        } catch (NumberFormatException e) {
            throw new Failure(ExitCode.USAGE, "--user is UID or UID:GID, not " + text, e);
        }
    }
}
