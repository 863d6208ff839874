package stasis.state.image;

import stasis.state.graph.GraphSummary;
import stasis.state.pages.PageIndex;

/** An image as text for people. Needs no table: it also prints what this build cannot restore. */
public final class SnapshotPrinter {
    private SnapshotPrinter() {}

    public static String print(SnapshotImage image) {
        StringBuilder text = new StringBuilder();
        printManifest(text, image.manifest());
        printPages(text, image.index());
        text.append('\n');
        printGraph(text, GraphSummary.of(image.graph()));
        return text.toString();
    }

    private static void printManifest(StringBuilder text, Manifest m) {
        line(text, "format", m.formatVersion());
        line(text, "stasis", m.stasisVersion());
        line(text, "created", m.created());
        line(text, "platform", m.arch() + " " + m.platform());
        line(text, "cpu", String.format("xcr0=%#x ", m.cpu().xcr0()) + join(m.cpu().features()));
        for (Manifest.Container c : m.containers()) {
            line(text, "container", c.id());
            for (Manifest.ProcessInfo p : c.processes()) {
                line(text, "  process", p.pid() + " " + p.command() + ", threads " + p.threads());
            }
        }
        for (Manifest.SectionInfo s : m.sections()) {
            line(text, "section", s.name() + " " + s.size() + " bytes, crc32c " + s.crc32c());
        }
        m.annotations().forEach((k, v) -> line(text, "annotation", k + "=" + v));
    }

    private static void printPages(StringBuilder text, PageIndex index) {
        line(
                text,
                "memory",
                index.memorySize()
                        + " bytes, "
                        + index.storedMemory()
                        + " stored in "
                        + index.dataSize()
                        + ", runs "
                        + index.runs().size());
    }

    private static void printGraph(StringBuilder text, GraphSummary graph) {
        line(text, "graph", graph.bytes() + " bytes, entities " + graph.entities());
        for (GraphSummary.Type t : graph.types()) {
            line(text, String.format("%11d", t.count()), t.name() + " v" + t.version());
            for (GraphSummary.Field f : t.fields()) {
                line(text, "", "  " + f.name() + ": " + f.type());
            }
        }
    }

    private static String join(Iterable<String> words) {
        return String.join(" ", words);
    }

    /** Names come from the image: no control character reaches the terminal. */
    private static void line(StringBuilder text, String key, Object value) {
        String printable = String.valueOf(value).replaceAll("\\p{Cntrl}", "?");
        text.append(String.format("%-11s %s\n", key, printable));
    }
}
