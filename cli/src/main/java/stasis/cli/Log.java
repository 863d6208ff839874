package stasis.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What went wrong, a line each, where {@code --log} says, as {@code --log-format} says; stderr
 * otherwise. Opened at the start: a sandbox can open nothing later.
 */
public final class Log {
    private final @Nullable FileChannel file;
    private final boolean json;
    private final boolean debug;

    private Log(@Nullable FileChannel file, boolean json, boolean debug) {
        this.file = file;
        this.json = json;
        this.debug = debug;
    }

    /** Only stderr. */
    public static Log toStderr() {
        return new Log(null, false, false);
    }

    public static Log open(@Nullable Path path, String format, boolean debug) throws Failure {
        if (!format.equals("text") && !format.equals("json")) {
            throw new Failure(ExitCode.USAGE, "--log-format is text or json, not " + format);
        }
        try {
            return new Log(path == null ? null : append(path), format.equals("json"), debug);
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "cannot open the log " + path + ": " + e, e);
        }
    }

    /** To append to, made if it is not there. */
    public static FileChannel append(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Errors also go to stderr: not every caller looks into the log. */
    public void error(String message) {
        if (file != null) write("error", message);
        System.err.println("stasis: " + message);
        System.err.flush();
    }

    /** Only into the log: stderr belongs to the program. */
    public void warn(String message) {
        if (file != null) write("warning", message);
    }

    public void debug(String message) {
        if (debug && file != null) write("debug", message);
    }

    /** Now, as RFC 3339 has it. A formatter would cost 20 ms the first time. */
    public static String time() {
        Instant now = Instant.now();
        LocalDateTime t = LocalDateTime.ofEpochSecond(now.getEpochSecond(), 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(t.toLocalDate().toString()).append('T');
        digits(text, 2, t.getHour()).append(':');
        digits(text, 2, t.getMinute()).append(':');
        digits(text, 2, t.getSecond()).append('.');
        return digits(text, 6, now.getNano() / 1000).append('Z').toString();
    }

    private static StringBuilder digits(StringBuilder to, int width, int number) {
        String text = Integer.toString(number);
        return to.repeat('0', width - text.length()).append(text);
    }

    private void write(String level, String message) {
        String time = time();
        String line;
        if (json) {
            Map<String, @Nullable Object> m = new LinkedHashMap<>();
            m.put("level", level);
            m.put("msg", message);
            m.put("time", time);
            line = Json.text(m);
        } else {
            line = time + " " + level + " " + message;
        }
        try {
            FileChannel to = file;
            if (to != null)
                to.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            System.err.println("stasis: cannot write the log: " + e);
        }
    }
}
