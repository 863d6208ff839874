package stasis.cli.command;

import java.util.List;

/** Rows with columns that are as wide as they need to be. */
final class Table {
    private static final int GAP = 3;

    private Table() {}

    static String of(List<String[]> rows) {
        int[] widths = new int[rows.isEmpty() ? 0 : rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) widths[i] = Math.max(widths[i], row[i].length());
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                text.append(row[i]);
                if (i < row.length - 1) text.repeat(' ', widths[i] - row[i].length() + GAP);
            }
            text.append('\n');
        }
        return text.toString();
    }
}
