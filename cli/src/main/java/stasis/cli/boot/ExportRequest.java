package stasis.cli.boot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder or file that the gofer is to serve. No JSON: the parser's first use would take 20 ms of
 * every start.
 *
 * @param name by which the sentry attaches to it
 * @param path on the host
 */
record ExportRequest(String name, String path, boolean readOnly) {
    ExportRequest {
        if ((name + path).indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a zero byte in the name of a mount");
        }
    }

    private static final String READ_ONLY = "ro";
    private static final String READ_WRITE = "rw";

    /** Name, path and mode of each, every one with a zero byte behind it. */
    static String text(List<ExportRequest> requests) {
        StringBuilder text = new StringBuilder();
        for (ExportRequest r : requests) {
            text.append(r.name).append('\0').append(r.path).append('\0');
            text.append(r.readOnly ? READ_ONLY : READ_WRITE).append('\0');
        }
        return text.toString();
    }

    static List<ExportRequest> of(String text) throws IOException {
        List<String> fields = fields(text);
        if (fields.size() % 3 != 0) throw new IOException(fields.size() + " fields of exports");
        List<ExportRequest> requests = new ArrayList<>();
        for (int i = 0; i < fields.size(); i += 3) {
            boolean readOnly = !fields.get(i + 2).equals(READ_WRITE);
            requests.add(new ExportRequest(fields.get(i), fields.get(i + 1), readOnly));
        }
        return requests;
    }

    private static List<String> fields(String text) {
        List<String> fields = new ArrayList<>();
        int at = 0;
        for (int end; (end = text.indexOf('\0', at)) >= 0; at = end + 1) {
            fields.add(text.substring(at, end));
        }
        return fields;
    }
}
