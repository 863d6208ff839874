package stasis.state.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import stasis.state.Saved;
import stasis.state.SavedTypes;
import stasis.state.graph.GraphWriter;
import stasis.state.store.MemoryStore;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

class SnapshotPrinterTest {
    @Saved(value = "p.Box", version = 2)
    static final class Box {
        List<Box> boxes = new ArrayList<>();
        long weight;
    }

    @Test
    void itCountsEntitiesWithoutKnowingTheirClasses() throws IOException {
        Box outer = new Box();
        outer.boxes.add(new Box());
        outer.boxes.add(new Box());
        SavedTypes types = new SavedTypes().add(MethodHandles.lookup(), Box.class);
        MemoryStore store = new MemoryStore();
        ManifestBuilder about =
                new ManifestBuilder().created(Instant.EPOCH).annotation("note", "two\nlines");
        SnapshotWriter.writeSections(
                store, new GraphWriter(types).write(outer), SavedPages.none(), about);
        try (SnapshotImage image = SnapshotImage.open(store)) {
            List<String> lines = SnapshotPrinter.print(image).lines().toList();
            assertTrue(lines.contains("created     1970-01-01T00:00:00Z"), lines.toString());
            assertTrue(lines.contains("annotation  note=two?lines"), lines.toString());
            int at = lines.indexOf("          3 p.Box v2");
            assertTrue(at > 0, lines.toString());
            assertEquals("boxes: List<p.Box>", lines.get(at + 1).strip());
            assertEquals("weight: long", lines.get(at + 2).strip());
        }
    }
}
