package stasis.platform.systrap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import org.jspecify.annotations.Nullable;

import stasis.arch.Pages;

import java.lang.foreign.MemorySegment;

/**
 * A {@code syscall} instruction whose surroundings can become a jump of five bytes. Whoever stood
 * between the two instructions when that happened, or jumps there, still makes the call:
 *
 * <pre>
 * LOADED     b8 nr nr nr nr | 0f 05            mov $nr,%eax; syscall
 *            e9 .. .. .. .. | 0f 05            the instruction stays where it was
 *
 * COMPARED   0f 05 | 48 3d imm32               syscall; cmp $imm,%rax
 *            e9 .. | UD .. .. f0 ff ff         the second byte of the distance is no instruction
 * </pre>
 *
 * @param at of the jump, in its page
 * @param behind the {@code syscall} instruction, in its page
 * @param immediate of the comparison; 0 for LOADED
 * @param number for LOADED
 */
record SyscallSite(Shape shape, int at, int behind, int number, int immediate) {
    enum Shape {
        LOADED,
        COMPARED
    }

    /** Bytes of a jump, {@code e9 rel32}. */
    static final int JUMP = 5;

    /** Bytes of {@code syscall}. */
    private static final int CALL = 2;

    /** Bytes before a {@code mov} that say what it is. */
    private static final int CONTEXT = 7;

    private static final int COMPARE = 0x3d48;
    private static final int COMPARE_BYTES = 6;

    /**
     * The site in whose call guest code was seen.
     *
     * @param page of code
     * @param behind offset behind the {@code syscall} instruction
     * @param rax number of the call
     * @param r8 of the guest at the call
     * @return null if it has to stay as it is
     */
    static @Nullable SyscallSite of(MemorySegment page, int behind, long rax, long r8) {
        int call = behind - CALL;
        if (call < 0 || byteAt(page, call) != 0x0f || byteAt(page, call + 1) != 0x05) return null;
        int mov = call - JUMP;
        if (mov >= CONTEXT
                && byteAt(page, mov) == 0xb8
                && page.get(JAVA_INT_UNALIGNED, mov + 1) == rax
                && !mayBeTail(page, mov, (int) rax == (int) r8)) {
            return new SyscallSite(Shape.LOADED, mov, behind, (int) rax, 0);
        }
        if (behind + COMPARE_BYTES <= Pages.SIZE
                && (page.get(JAVA_INT_UNALIGNED, behind) & 0xffff) == COMPARE) {
            int immediate = page.get(JAVA_INT_UNALIGNED, behind + 2);
            return new SyscallSite(Shape.COMPARED, call, behind, 0, immediate);
        }
        return null;
    }

    /** The first byte behind what the jump and the call take. */
    int end() {
        return shape == Shape.LOADED ? behind : behind + COMPARE_BYTES;
    }

    private static int byteAt(MemorySegment page, int at) {
        return page.get(JAVA_BYTE, at) & 0xff;
    }

    // ---- is b8 an instruction?

    /**
     * Whether the five bytes from {@code mov} on could be the end of a longer instruction, or the
     * rest of one with prefixes: all forms of Intel SDM vol. 2 with so many bytes behind the opcode
     * (displacement, immediate, both).
     */
    private static boolean mayBeTail(MemorySegment page, int mov, boolean isInR8) {
        int[] before = new int[CONTEXT + 1]; // by distance
        for (int i = 1; i <= CONTEXT; i++) before[i] = byteAt(page, mov - i);
        return isPrefixed(before[1], isInR8)
                || isBehindModrm(before)
                || isDisp8Imm32(before, 1)
                || isDisp32Imm32(before)
                || isDisp32Imm8(before, 1)
                || isImm64(before);
    }

    /** {@code mov $nr,%r8d}, a mov of 16 or of 64 bits. */
    private static boolean isPrefixed(int prefix, boolean isInR8) {
        if (prefix == 0x66) return true;
        if ((prefix & 0xf0) != 0x40) return false;
        boolean wide = (prefix & 8) != 0;
        boolean extended = (prefix & 1) != 0;
        return wide || extended && isInR8;
    }

    /**
     * b8 is a ModRM byte, of an operand that {@code nr} is the displacement of: relative to r8, or
     * to rax without touching memory.
     */
    private static boolean isBehindModrm(int[] before) {
        boolean relativeToR8 = (before[2] & 0xf1) == 0x41;
        boolean lea = before[1] == 0x8d;
        boolean hint = before[2] == 0x0f && (before[1] == 0x1f || (before[1] & 0xf8) == 0x18);
        boolean prefetch = before[2] == 0x0f && before[1] == 0x0d;
        boolean vector = before[3] == 0xc5 || before[4] == 0xc4 || before[5] == 0x62;
        return relativeToR8 || lea || hint || prefetch || vector;
    }

    /** b8 is a displacement of 8 bits, {@code nr} the immediate. */
    private static boolean isDisp8Imm32(int[] before, int modrm) {
        boolean plain = mod(before[modrm]) == 1 && rm(before[modrm]) != 4;
        boolean sib = mod(before[modrm + 1]) == 1 && rm(before[modrm + 1]) == 4;
        return plain && takesImm32(before[modrm + 1]) || sib && takesImm32(before[modrm + 2]);
    }

    /** b8 ends a displacement of 32 bits, {@code nr} is the immediate. */
    private static boolean isDisp32Imm32(int[] before) {
        boolean plain = hasDisp32(before[4]) && takesImm32(before[5]);
        boolean sib = rm(before[5]) == 4 && takesImm32(before[6]);
        return plain || sib;
    }

    private static boolean takesImm32(int opcode) {
        return opcode == 0xc7 || opcode == 0x81 || opcode == 0x69 || opcode == 0xf7;
    }

    /** The displacement is all but the last byte, which is an immediate. */
    private static boolean isDisp32Imm8(int[] before, int modrm) {
        boolean plain = hasDisp32(before[modrm]);
        boolean sib = rm(before[modrm + 1]) == 4;
        return plain && takesImm8(before, modrm + 1) || sib && takesImm8(before, modrm + 2);
    }

    private static boolean takesImm8(int[] before, int opcode) {
        boolean escaped = before[opcode + 1] == 0x0f;
        boolean vector = before[opcode + 2] == 0xc5 || before[opcode + 3] == 0xc4;
        return escaped
                || vector
                || switch (before[opcode]) {
                    case 0x80, 0x82, 0x83, 0xc0, 0xc1, 0xc6, 0x6b, 0xf6 -> true;
                    default -> false;
                };
    }

    private static boolean hasDisp32(int modrm) {
        return rm(modrm) != 4 && (mod(modrm) == 2 || mod(modrm) == 0 && rm(modrm) == 5);
    }

    /** The end of an immediate, or of an address, of 64 bits. */
    private static boolean isImm64(int[] before) {
        boolean immediate = (before[4] & 0xf8) == 0xb8 && (before[5] & 0xf8) == 0x48;
        boolean address = (before[4] & 0xfc) == 0xa0;
        return immediate || address;
    }

    private static int mod(int modrm) {
        return modrm >> 6;
    }

    private static int rm(int modrm) {
        return modrm & 7;
    }
}
