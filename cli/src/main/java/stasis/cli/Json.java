package stasis.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as maps, lists, strings, longs, doubles and booleans. Jackson's streaming half only: its
 * data binding costs more than all the rest of a start, and is left to commands that nobody waits
 * for.
 */
public final class Json {
    private static final int MAX_DEPTH = 100;

    private Json() {}

    /**
     * @throws IOException with one line that says where, if it is not one JSON object
     */
    public static Map<String, @Nullable Object> object(byte[] text) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            Map<String, @Nullable Object> map = readObject(parser, 0);
            if (parser.nextToken() != null) throw new IOException("more follows the JSON object");
            return map;
        } catch (JsonProcessingException e) {
            throw new IOException(line(e), e);
        }
    }

    private static String line(JsonProcessingException e) {
        String what = e.getOriginalMessage().lines().findFirst().orElse("broken JSON");
        what = what.replaceFirst(" \\(start marker at .*", "");
        var at = e.getLocation();
        return at == null ? what : "line " + at.getLineNr() + ": " + what;
    }

    private static Map<String, @Nullable Object> readObject(JsonParser p, int depth)
            throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String name = p.currentName();
            p.nextToken();
            map.put(name, value(p, depth + 1));
        }
        return map;
    }

    private static @Nullable Object value(JsonParser p, int depth) throws IOException {
        if (depth > MAX_DEPTH) throw new IOException("nested too deeply");
        return switch (p.currentToken()) {
            case START_OBJECT -> readObject(p, depth);
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (p.nextToken() != JsonToken.END_ARRAY) list.add(value(p, depth + 1));
                yield list;
            }
            case VALUE_STRING -> p.getText();
            case VALUE_NUMBER_INT -> {
                Number n = p.getNumberValue(); // unsigned 64 bits occur as limits
                yield n.longValue();
            }
            case VALUE_NUMBER_FLOAT -> p.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    public static String text(Object value) {
        return write(value, false);
    }

    public static String pretty(Object value) {
        return write(value, true);
    }

    private static String write(Object value, boolean pretty) {
        StringWriter to = new StringWriter();
        try (JsonGenerator g = new JsonFactory().createGenerator(to)) {
            if (pretty) g.useDefaultPrettyPrinter();
            write(g, value);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return to.toString();
    }

    /** Not a pattern switch: the first one of a JVM costs 10 ms. */
    private static void write(JsonGenerator g, @Nullable Object value) throws IOException {
        if (value == null) {
            g.writeNull();
        } else if (value instanceof String s) {
            g.writeString(s);
        } else if (value instanceof Boolean b) {
            g.writeBoolean(b);
        } else if (value instanceof Double d) {
            g.writeNumber(d);
        } else if (value instanceof Number n) {
            g.writeNumber(n.longValue());
        } else if (value instanceof Map<?, ?> map) {
            g.writeStartObject();
            for (var e : map.entrySet()) {
                g.writeFieldName(String.valueOf(e.getKey()));
                write(g, e.getValue());
            }
            g.writeEndObject();
        } else if (value instanceof List<?> list) {
            g.writeStartArray();
            for (Object o : list) write(g, o);
            g.writeEndArray();
        } else {
            g.writeString(value.toString());
        }
    }
}
