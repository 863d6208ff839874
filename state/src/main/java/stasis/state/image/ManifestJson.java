package stasis.state.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import stasis.state.CorruptSnapshotException;
import stasis.state.store.Sections;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The manifest as text. Field by field rather than by Jackson's data binding, whose first use takes
 * longer than all the rest of a small restore.
 */
final class ManifestJson {
    byte[] write(Manifest manifest) {
        Manifest checked = manifest.withCheck(check(manifest));
        return (text(checked) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    Manifest read(byte[] bytes) {
        ManifestFields tree = ManifestFields.parse(bytes);
        checkVersion(tree.get("formatVersion"));
        Manifest manifest = bind(tree);
        if (!check(manifest).equals(manifest.check())) throw corrupt("wrong checksum");
        return manifest;
    }

    private static void checkVersion(Object version) {
        if (!(version instanceof Long number)) throw corrupt("no format version");
        if (number == Manifest.FORMAT_VERSION) return;
        throw corrupt("format version " + number + ", this build reads " + Manifest.FORMAT_VERSION);
    }

    private static Manifest bind(ManifestFields m) {
        Manifest manifest =
                new Manifest(
                        m.number("formatVersion"),
                        m.text("stasisVersion"),
                        m.text("created"),
                        m.text("arch"),
                        m.text("platform"),
                        cpu(m.object("cpu")),
                        m.objects("containers", ManifestJson::container),
                        m.objects("sections", ManifestJson::section),
                        m.object("annotations").texts(),
                        m.text("check"));
        m.nothingElse(10);
        return manifest;
    }

    private static Manifest.Cpu cpu(ManifestFields m) {
        m.nothingElse(2);
        return new Manifest.Cpu(m.longNumber("xcr0"), m.textList("features"));
    }

    private static Manifest.Container container(ManifestFields m) {
        m.nothingElse(2);
        return new Manifest.Container(m.text("id"), m.objects("processes", ManifestJson::process));
    }

    private static Manifest.ProcessInfo process(ManifestFields m) {
        m.nothingElse(3);
        return new Manifest.ProcessInfo(m.number("pid"), m.text("command"), m.number("threads"));
    }

    private static Manifest.SectionInfo section(ManifestFields m) {
        m.nothingElse(3);
        return new Manifest.SectionInfo(m.text("name"), m.longNumber("size"), m.text("crc32c"));
    }

    private static String check(Manifest manifest) {
        byte[] text = text(manifest.withCheck("")).getBytes(StandardCharsets.UTF_8);
        return SnapshotImage.hex(Sections.crc(text));
    }

    // ---- writing

    private static String text(Manifest m) {
        StringWriter to = new StringWriter();
        try (JsonGenerator g = new JsonFactory().createGenerator(to)) {
            g.useDefaultPrettyPrinter();
            write(g, m);
        } catch (IOException e) {
            throw new IllegalStateException("a manifest is always JSON", e);
        }
        return to.toString();
    }

    private static void write(JsonGenerator g, Manifest m) throws IOException {
        g.writeStartObject();
        g.writeNumberField("formatVersion", m.formatVersion());
        g.writeStringField("stasisVersion", m.stasisVersion());
        g.writeStringField("created", m.created());
        g.writeStringField("arch", m.arch());
        g.writeStringField("platform", m.platform());
        g.writeObjectFieldStart("cpu");
        g.writeNumberField("xcr0", m.cpu().xcr0());
        writeTexts(g, "features", m.cpu().features());
        g.writeEndObject();
        g.writeArrayFieldStart("containers");
        for (Manifest.Container c : m.containers()) write(g, c);
        g.writeEndArray();
        g.writeArrayFieldStart("sections");
        for (Manifest.SectionInfo s : m.sections()) write(g, s);
        g.writeEndArray();
        g.writeObjectFieldStart("annotations");
        for (Map.Entry<String, String> e : m.annotations().entrySet()) {
            g.writeStringField(e.getKey(), e.getValue());
        }
        g.writeEndObject();
        g.writeStringField("check", m.check());
        g.writeEndObject();
    }

    private static void writeTexts(JsonGenerator g, String name, List<String> texts)
            throws IOException {
        g.writeArrayFieldStart(name);
        for (String text : texts) g.writeString(text);
        g.writeEndArray();
    }

    private static void write(JsonGenerator g, Manifest.Container c) throws IOException {
        g.writeStartObject();
        g.writeStringField("id", c.id());
        g.writeArrayFieldStart("processes");
        for (Manifest.ProcessInfo p : c.processes()) {
            g.writeStartObject();
            g.writeNumberField("pid", p.pid());
            g.writeStringField("command", p.command());
            g.writeNumberField("threads", p.threads());
            g.writeEndObject();
        }
        g.writeEndArray();
        g.writeEndObject();
    }

    private static void write(JsonGenerator g, Manifest.SectionInfo s) throws IOException {
        g.writeStartObject();
        g.writeStringField("name", s.name());
        g.writeNumberField("size", s.size());
        g.writeStringField("crc32c", s.crc32c());
        g.writeEndObject();
    }

    static CorruptSnapshotException corrupt(String what) {
        return new CorruptSnapshotException("manifest.json: " + what);
    }
}
