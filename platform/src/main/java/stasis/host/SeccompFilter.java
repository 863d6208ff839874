package stasis.host;

import stasis.arch.asm.Label;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A seccomp(2) program, built instruction by instruction ({@code include/uapi/linux/filter.h}).
 * Jumps lead forward only, at most 255 instructions.
 */
public final class SeccompFilter {
    public static final int RET_KILL_PROCESS = 0x8000_0000;
    public static final int RET_TRAP = 0x0003_0000;
    public static final int RET_ERRNO = 0x0005_0000;
    public static final int RET_TRACE = 0x7ff0_0000;
    public static final int RET_ALLOW = 0x7fff_0000;

    /** {@code struct seccomp_data}: nr, arch, instruction_pointer, args[6]. */
    public static final int NR = 0;

    public static final int ARCH = 4;
    public static final int IP_LOW = 8;
    public static final int IP_HIGH = 12;

    private static final int LOAD_ABSOLUTE = 0x20;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_ABOVE_OR_EQUAL = 0x35;
    private static final int RETURN = 0x06;

    private record Instruction(int code, int k, Label yes, Label no) {}

    private static final Label NEXT = new Label();

    private final List<Instruction> program = new ArrayList<>();
    private final List<Label> labels = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();

    public SeccompFilter() {}

    public static int argumentLow(int index) {
        return 16 + 8 * index;
    }

    public static int argumentHigh(int index) {
        return 20 + 8 * index;
    }

    public SeccompFilter load(int offset) {
        return add(LOAD_ABSOLUTE, offset, NEXT, NEXT);
    }

    public SeccompFilter and(int mask) {
        return add(AND, mask, NEXT, NEXT);
    }

    public SeccompFilter ifEqual(int value, Label target) {
        return add(JUMP_IF_EQUAL, value, target, NEXT);
    }

    public SeccompFilter ifNotEqual(int value, Label target) {
        return add(JUMP_IF_EQUAL, value, NEXT, target);
    }

    /** Unsigned. */
    public SeccompFilter ifAboveOrEqual(int value, Label target) {
        return add(JUMP_IF_ABOVE_OR_EQUAL, value, target, NEXT);
    }

    public SeccompFilter answer(int verdict) {
        return add(RETURN, verdict, NEXT, NEXT);
    }

    public SeccompFilter bind(Label label) {
        labels.add(label);
        places.add(program.size());
        return this;
    }

    public int length() {
        return program.size();
    }

    /** An array of {@code struct sock_filter}. */
    public byte[] toBytes() {
        ByteBuffer b = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < program.size(); i++) {
            Instruction in = program.get(i);
            b.putShort((short) in.code).put(distance(i, in.yes)).put(distance(i, in.no));
            b.putInt(in.k);
        }
        return b.array();
    }

    private byte distance(int from, Label to) {
        if (to == NEXT) return 0;
        int index = labels.indexOf(to);
        if (index < 0) throw new IllegalStateException("label not bound");
        int distance = places.get(index) - from - 1;
        if (distance < 0 || distance > 255) throw new IllegalStateException("jump too far");
        return (byte) distance;
    }

    private SeccompFilter add(int code, int k, Label yes, Label no) {
        program.add(new Instruction(code, k, yes, no));
        return this;
    }
}
