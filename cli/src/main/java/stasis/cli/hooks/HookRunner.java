package stasis.cli.hooks;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.oci.Hooks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs hooks of this host: the container's state on stdin, and nothing in their environment but
 * what config.json says. Unlike runc, a hook's name for itself is always its path.
 */
public final class HookRunner {
    private static final int TOLD_CHARACTERS = 500;

    private HookRunner() {}

    /** What a hook gets to read. */
    public static Map<String, @Nullable Object> state(
            Map<String, @Nullable Object> saved, String status) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("ociVersion", saved.get("ociVersion"));
        state.put("id", saved.get("id"));
        state.put("status", status);
        if (!status.equals("stopped")) state.put("pid", saved.get("pid"));
        state.put("bundle", saved.get("bundle"));
        state.put("annotations", saved.get("annotations"));
        return state;
    }

    /** One after the other; the first that fails ends it. */
    public static void all(Hooks hooks, Hooks.Phase phase, Map<String, @Nullable Object> state)
            throws Failure {
        for (Hooks.Hook hook : hooks.at(phase)) one(hook, phase, Json.text(state));
    }

    /** All of them, whatever happens; what has failed. */
    public static List<String> each(
            Hooks hooks, Hooks.Phase phase, Map<String, @Nullable Object> state) {
        List<String> failed = new ArrayList<>();
        for (Hooks.Hook hook : hooks.at(phase)) {
            try {
                one(hook, phase, Json.text(state));
            } catch (Failure e) {
                failed.add(String.valueOf(e.getMessage()));
            }
        }
        return failed;
    }

    private static void one(Hooks.Hook hook, Hooks.Phase phase, String state) throws Failure {
        String name = phase.inJson() + " hook " + hook.path();
        try {
            Path errors = Files.createTempFile("stasis-hook", ".err");
            try {
                Process process = start(hook, errors);
                feed(process, state);
                await(process, hook, name);
                int code = process.exitValue();
                if (code == 0) return;
                throw failure(name + " failed with exit code " + code + tail(errors), null);
            } finally {
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw failure(name + " cannot be run: " + e.getMessage(), e);
        }
    }

    private static Process start(Hooks.Hook hook, Path errors) throws IOException {
        List<String> command = new ArrayList<>(hook.args());
        command.set(0, hook.path());
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(errors.toFile());
        Map<String, String> env = builder.environment();
        env.clear();
        for (String e : hook.env()) {
            int equals = e.indexOf('=');
            if (equals > 0) env.put(e.substring(0, equals), e.substring(equals + 1));
        }
        return builder.start();
    }

    /** A hook need not read it. */
    private static void feed(Process process, String state) {
        try (var to = process.getOutputStream()) {
            to.write(state.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return;
        }
    }

    private static void await(Process process, Hooks.Hook hook, String name) throws Failure {
        try {
            if (hook.timeoutSeconds() == 0) {
                process.waitFor();
            } else if (!process.waitFor(hook.timeoutSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw failure(name + " has not ended in " + hook.timeoutSeconds() + " s", null);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw failure(name + ": interrupted", e);
        }
    }

    private static String tail(Path errors) throws IOException {
        String text = new String(Files.readAllBytes(errors), StandardCharsets.ISO_8859_1).strip();
        if (text.isEmpty()) return "";
        text = text.replace('\n', ' ');
        int from = Math.max(0, text.length() - TOLD_CHARACTERS);
        return ": " + text.substring(from);
    }

    private static Failure failure(String line, @Nullable Exception cause) {
        return cause == null
                ? new Failure(ExitCode.FAILED, line)
                : new Failure(ExitCode.FAILED, line, cause);
    }
}
