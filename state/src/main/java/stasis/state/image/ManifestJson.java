package stasis.state.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

import stasis.state.CorruptSnapshotException;
import stasis.state.store.Sections;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The manifest as text. */
final class ManifestJson {
    private final ObjectMapper mapper =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .build();

    byte[] write(Manifest manifest) {
        Manifest checked = manifest.withCheck(check(manifest));
        return (text(checked) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    Manifest read(byte[] bytes) {
        JsonNode tree = tree(bytes);
        checkVersion(tree.path("formatVersion"));
        Manifest manifest = bind(tree);
        if (!check(manifest).equals(manifest.check())) throw corrupt("wrong checksum");
        return manifest;
    }

    private JsonNode tree(byte[] bytes) {
        try {
            JsonNode tree = mapper.readTree(bytes);
            if (!tree.isObject()) throw corrupt("not a manifest");
            return tree;
        } catch (JsonProcessingException e) {
            throw corrupt("not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw corrupt("not JSON: " + e.getMessage());
        }
    }

    private static void checkVersion(JsonNode version) {
        if (!version.isInt()) throw corrupt("no format version");
        if (version.intValue() != Manifest.FORMAT_VERSION) {
            throw corrupt(
                    "format version "
                            + version.intValue()
                            + ", this build reads "
                            + Manifest.FORMAT_VERSION);
        }
    }

    private Manifest bind(JsonNode tree) {
        try {
            return mapper.treeToValue(tree, Manifest.class);
        } catch (JsonProcessingException e) {
            throw corrupt(String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("?"));
        } catch (RuntimeException e) {
            throw corrupt(e.toString());
        }
    }

    private String check(Manifest manifest) {
        byte[] text = text(manifest.withCheck("")).getBytes(StandardCharsets.UTF_8);
        return SnapshotImage.hex(Sections.crc(text));
    }

    private String text(Manifest manifest) {
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(manifest);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest is always JSON", e);
        }
    }

    private static CorruptSnapshotException corrupt(String what) {
        return new CorruptSnapshotException("manifest.json: " + what);
    }
}
