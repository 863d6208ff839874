package stasis.state.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import stasis.state.CorruptSnapshotException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A JSON object of the manifest: each value is asked for by name, and refused if it is not that.
 */
final class ManifestFields {
    private static final int MAX_DEPTH = 10;

    /** In the place of null, which a manifest never has. */
    private static final Object NOTHING = new Object();

    private final Map<String, Object> fields;

    private ManifestFields(Map<String, Object> fields) {
        this.fields = fields;
    }

    // ---- reading

    static ManifestFields parse(byte[] bytes) {
        JsonFactory factory = new JsonFactory();
        factory.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        try (JsonParser parser = factory.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw corrupt("not a manifest");
            ManifestFields all = object(parser, 0);
            if (parser.nextToken() != null) throw corrupt("not JSON: more follows");
            return all;
        } catch (JsonProcessingException e) {
            throw corrupt("not JSON: " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw corrupt("not JSON: " + firstLine(String.valueOf(e.getMessage())));
        }
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static ManifestFields object(JsonParser p, int depth) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (p.nextToken() == JsonToken.FIELD_NAME) {
            String name = p.currentName();
            p.nextToken();
            map.put(name, value(p, depth + 1));
        }
        return new ManifestFields(map);
    }

    private static Object value(JsonParser p, int depth) throws IOException {
        if (depth > MAX_DEPTH) throw corrupt("nested too deeply");
        JsonToken token = p.currentToken();
        if (token == JsonToken.START_OBJECT) return object(p, depth);
        if (token == JsonToken.VALUE_STRING) return p.getText();
        if (token == JsonToken.VALUE_NUMBER_INT) return p.getLongValue();
        if (token != JsonToken.START_ARRAY) return NOTHING;
        List<Object> list = new ArrayList<>();
        while (p.nextToken() != JsonToken.END_ARRAY) list.add(value(p, depth + 1));
        return list;
    }

    // ---- asking

    /** What is not there is like null. */
    Object get(String name) {
        return fields.getOrDefault(name, NOTHING);
    }

    String text(String name) {
        if (get(name) instanceof String text) return text;
        throw corrupt(name + " is no text");
    }

    long longNumber(String name) {
        if (get(name) instanceof Long number) return number;
        throw corrupt(name + " is no number");
    }

    int number(String name) {
        long number = longNumber(name);
        if (number == (int) number) return (int) number;
        throw corrupt(name + " is out of range");
    }

    ManifestFields object(String name) {
        if (get(name) instanceof ManifestFields object) return object;
        throw corrupt(name + " is no object");
    }

    <T> List<T> objects(String name, Function<ManifestFields, T> binding) {
        List<T> all = new ArrayList<>();
        for (Object one : list(name)) {
            if (!(one instanceof ManifestFields object)) throw corrupt(name + " has no objects");
            all.add(binding.apply(object));
        }
        return all;
    }

    List<String> textList(String name) {
        List<String> all = new ArrayList<>();
        for (Object one : list(name)) {
            if (!(one instanceof String text)) throw corrupt(name + " has no texts");
            all.add(text);
        }
        return all;
    }

    private List<?> list(String name) {
        if (get(name) instanceof List<?> list) return list;
        throw corrupt(name + " is no list");
    }

    /** All of it, where every value is a text. */
    Map<String, String> texts() {
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : fields.keySet()) all.put(name, text(name));
        return all;
    }

    /** A field that nobody asks for was not written by this build. */
    void nothingElse(int count) {
        if (fields.size() != count) throw corrupt("other fields than " + count);
    }

    private static CorruptSnapshotException corrupt(String what) {
        return ManifestJson.corrupt(what);
    }
}
