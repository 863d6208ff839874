package stasis.state.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/** Integers as zigzag varints; everything else at its size. */
final class Primitives {
    private Primitives() {}

    static void write(Output out, Object value) {
        switch (value) {
            case Boolean v -> out.writeBoolean(v);
            case Byte v -> out.writeByte(v);
            case Short v -> out.writeShort(v);
            case Character v -> out.writeChar(v);
            case Integer v -> out.writeVarInt(v, false);
            case Long v -> out.writeVarLong(v, false);
            case Float v -> out.writeFloat(v);
            case Double v -> out.writeDouble(v);
            default -> throw new IllegalArgumentException(value.getClass().getName());
        }
    }

    static Object read(Input in, Class<?> type) {
        return switch (type.getSimpleName()) {
            case "boolean", "Boolean" -> readBoolean(in);
            case "byte", "Byte" -> in.readByte();
            case "short", "Short" -> in.readShort();
            case "char", "Character" -> in.readChar();
            case "int", "Integer" -> in.readVarInt(false);
            case "long", "Long" -> in.readVarLong(false);
            case "float", "Float" -> in.readFloat();
            case "double", "Double" -> in.readDouble();
            default -> throw new IllegalArgumentException(type.getName());
        };
    }

    /** Kryo takes any byte but 1 for false, so damage would pass. */
    static boolean readBoolean(Input in) {
        int b = in.readByte();
        if ((b & ~1) != 0) throw new Defect("a boolean of " + b);
        return b == 1;
    }
}
