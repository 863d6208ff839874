package stasis.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

class ExportRequestTest {
    @Test
    void whatIsSaidIsUnderstood() throws IOException {
        List<ExportRequest> said =
                List.of(
                        new ExportRequest("root", "/", true),
                        new ExportRequest("bind:/a b", "/srv/new\nline", false));
        assertEquals(said, ExportRequest.of(ExportRequest.text(said)));
        assertEquals(List.of(), ExportRequest.of(""));
    }

    @Test
    void aCutTextIsRefused() {
        assertThrows(IOException.class, () -> ExportRequest.of("root\0/\0"));
    }

    @Test
    void noNameCanSmuggleInAnotherExport() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new ExportRequest("bind:/x\0/etc\0rw", "/srv", true));
    }
}
