package stasis.state.graph;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.nio.ByteOrder;

/** Arrays of primitives: count + 1, then the elements as they lie in memory, little-endian. */
final class Bulk {
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final int CHUNK = 1 << 14;

    private Bulk() {}

    static void write(Output out, @Nullable Object array) {
        if (array == null) {
            out.writeVarInt(0, true);
            return;
        }
        int count = Array.getLength(array);
        if (count == Integer.MAX_VALUE) throw new Defect("an array of " + count);
        out.writeVarInt(count + 1, true);
        switch (array) {
            case byte[] bytes -> out.writeBytes(bytes);
            case boolean[] flags -> {
                for (boolean flag : flags) out.writeBoolean(flag);
            }
            default -> writeChunks(out, array, count);
        }
    }

    private static void writeChunks(Output out, Object array, int count) {
        ValueLayout layout = layout(array.getClass().componentType());
        int size = (int) layout.byteSize();
        byte[] chunk = new byte[Math.min(count, CHUNK) * size];
        MemorySegment segment = MemorySegment.ofArray(chunk);
        for (int at = 0; at < count; at += CHUNK) {
            int n = Math.min(CHUNK, count - at);
            MemorySegment.copy(array, at, segment, layout, 0, n);
            out.writeBytes(chunk, 0, n * size);
        }
    }

    static @Nullable Object read(Input in, Class<?> component) {
        int head = in.readVarInt(true);
        if (head == 0) return null;
        int count = head - 1;
        if (component == boolean.class) {
            Bounds.require(in, count, 1);
            boolean[] flags = new boolean[count];
            for (int i = 0; i < count; i++) flags[i] = Primitives.readBoolean(in);
            return flags;
        }
        ValueLayout layout = layout(component);
        int size = (int) layout.byteSize();
        Bounds.require(in, count, size);
        Object array = Array.newInstance(component, count);
        MemorySegment bytes = MemorySegment.ofArray(in.getBuffer());
        MemorySegment.copy(bytes, layout, in.position(), array, 0, count);
        in.setPosition(in.position() + count * size);
        return array;
    }

    private static ValueLayout layout(Class<?> component) {
        return switch (component.getName()) {
            case "byte" -> ValueLayout.JAVA_BYTE;
            case "short" -> ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LE);
            case "char" -> ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(LE);
            case "int" -> ValueLayout.JAVA_INT_UNALIGNED.withOrder(LE);
            case "long" -> ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LE);
            case "float" -> ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LE);
            case "double" -> ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LE);
            default -> throw new IllegalArgumentException(component.getName());
        };
    }
}
