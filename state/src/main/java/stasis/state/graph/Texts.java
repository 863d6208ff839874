package stasis.state.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;

/**
 * Strings, char by char: guest file names need not be valid Unicode, and must come back as they
 * were. A varint is 0 for null, else 1 + 2 × length + (1 if chars take two bytes).
 *
 * <p>Not Kryo's {@code readString}: it believes the length it reads.
 */
final class Texts {
    private static final int LENGTH_MAX = Integer.MAX_VALUE / 4;

    private Texts() {}

    static void write(Output out, @Nullable String text) {
        if (text == null) {
            out.writeVarInt(0, true);
            return;
        }
        if (text.length() > LENGTH_MAX) throw new Defect("a string of " + text.length());
        boolean wide = isWide(text);
        out.writeVarInt(1 + 2 * text.length() + (wide ? 1 : 0), true);
        if (!wide) {
            out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            return;
        }
        for (int i = 0; i < text.length(); i++) out.writeChar(text.charAt(i));
    }

    static @Nullable String read(Input in) {
        int head = in.readVarInt(true);
        if (head == 0) return null;
        int length = (head - 1) >>> 1;
        boolean wide = ((head - 1) & 1) != 0;
        Bounds.require(in, length, wide ? 2 : 1);
        if (!wide) return new String(in.readBytes(length), StandardCharsets.ISO_8859_1);
        char[] chars = new char[length];
        for (int i = 0; i < length; i++) chars[i] = in.readChar();
        return new String(chars);
    }

    static String readRequired(Input in) {
        String text = read(in);
        if (text == null) throw new Defect("a name is missing");
        return text;
    }

    private static boolean isWide(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) return true;
        }
        return false;
    }
}
