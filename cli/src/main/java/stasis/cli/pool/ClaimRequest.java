package stasis.cli.pool;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * {@code stasis pool claim} as it reaches the keeper: the words of the command line, each with a
 * zero behind it. The program that sends them knows nothing of options, so that it starts at once.
 *
 * @param id the container's, or null for one that is made up
 * @param environment {@code NAME=value}
 * @param waits whether the claimant stays until the container has ended
 * @param paused whether it goes on with {@code resume} only
 * @param timeoutMillis how long to wait for a sandbox
 */
public record ClaimRequest(
        @Nullable String id,
        @Nullable String hostname,
        List<String> environment,
        boolean waits,
        boolean paused,
        long timeoutMillis) {
    private static final long STANDARD_MILLIS = 30_000;
    private static final int MAX_HOSTNAME = 64;

    /** The words after {@code pool claim}. */
    static ClaimRequest of(byte[] message) throws Failure {
        String text = new String(message, StandardCharsets.UTF_8);
        List<String> words = new ArrayList<>();
        for (int at = 0, end; (end = text.indexOf('\0', at)) >= 0; at = end + 1) {
            words.add(text.substring(at, end));
        }
        return of(words);
    }

    static ClaimRequest of(List<String> words) throws Failure {
        String id = null;
        String hostname = null;
        List<String> environment = new ArrayList<>();
        boolean waits = true;
        boolean paused = false;
        long timeout = STANDARD_MILLIS;
        int pools = 0;
        for (Iterator<String> i = words.iterator(); i.hasNext(); ) {
            String word = i.next();
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String name = equals < 0 ? word : word.substring(0, equals);
            @Nullable String value = equals < 0 ? null : word.substring(equals + 1);
            switch (name) {
                case "--id" -> id = value(name, value, i);
                case "--hostname" -> hostname = hostname(value(name, value, i));
                case "--env", "-e" -> environment.add(variable(value(name, value, i)));
                case "--timeout" -> timeout = millis(value(name, value, i));
                case "--detach", "-d" -> waits = false;
                case "--no-wait" -> timeout = 0;
                case "--paused" -> paused = true;
                default -> {
                    if (name.startsWith("-") || ++pools > 1) throw unknown(word);
                }
            }
        }
        return new ClaimRequest(id, hostname, environment, waits, paused, timeout);
    }

    private static String value(String name, @Nullable String given, Iterator<String> rest)
            throws Failure {
        if (given != null) return given;
        if (rest.hasNext()) return rest.next();
        throw new Failure(ExitCode.USAGE, "pool claim: " + name + " needs a value");
    }

    private static Failure unknown(String word) {
        return new Failure(
                ExitCode.USAGE,
                "pool claim: what is \""
                        + word
                        + "\"? It takes --id, --hostname, --env, --timeout, --no-wait, --detach,"
                        + " --paused and the name of a pool");
    }

    public static String hostname(String name) throws Failure {
        if (!name.isEmpty() && name.length() <= MAX_HOSTNAME && name.indexOf('\n') < 0) return name;
        throw new Failure(ExitCode.USAGE, "\"" + name + "\" is no host name");
    }

    /** A line of {@code /proc/stasis/environment}. */
    public static String variable(String text) throws Failure {
        if (text.indexOf('=') > 0 && text.indexOf('\n') < 0) return text;
        throw new Failure(ExitCode.USAGE, "--env takes NAME=VALUE, not \"" + text + "\"");
    }

    private static long millis(String seconds) throws Failure {
        try {
            double value = Double.parseDouble(seconds);
            if (value >= 0 && value < 1e6) return (long) (value * 1000);
        } catch (NumberFormatException e) {
            throw new Failure(ExitCode.USAGE, "--timeout takes seconds, not " + seconds, e);
        }
        throw new Failure(ExitCode.USAGE, "--timeout takes seconds, not " + seconds);
    }
}
