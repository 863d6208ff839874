package stasis.state;

/** Messages quote what an image or a guest says: they stay one line of printable text. */
final class OneLine {
    private static final int LENGTH_MAX = 600;

    private OneLine() {}

    static String of(String message) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (i == LENGTH_MAX) return line.append('…').toString();
            line.append(isPrintable(c) ? c : '?');
        }
        return line.toString();
    }

    private static boolean isPrintable(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }
}
