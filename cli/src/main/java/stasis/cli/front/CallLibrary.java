package stasis.cli.front;

import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The JNI library of {@code stasis.host.StartCalls}, elf(5): three functions and what a loader
 * needs to find them. JNI passes rdi = environment, rsi = class, then the arguments.
 *
 * <pre>
 * 0000  header, program headers      0400  code, 64 bytes a function
 * 0200  .dynsym                      1000  .dynamic
 * 0280  .dynstr                      1100  address of dlsym
 * 0380  .hash    03c0  .rela
 * </pre>
 */
final class CallLibrary {
    private static final String PREFIX = "Java_stasis_host_StartCalls_";
    private static final String[] NAMES = {PREFIX + "call", PREFIX + "c", PREFIX + "dlsym"};
    private static final int SYM = 0x200;
    private static final int STR = 0x280;
    private static final int HASH = 0x380;
    private static final int RELA = 0x3c0;
    private static final int TEXT = 0x400;
    private static final int DYNAMIC = 0x1000;
    private static final int POINTER = 0x1100;
    private static final int END = 0x1108;
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_GNU_STACK = 0x6474e551;

    private CallLibrary() {}

    static byte[] elf() {
        ByteBuffer b = ByteBuffer.allocate(END).order(ByteOrder.LITTLE_ENDIAN);
        header(b);
        byte[][] code = {call(), function(), dlsym()};
        StringBuilder strings = new StringBuilder("\0");
        for (int i = 0; i < NAMES.length; i++) {
            symbol(b, i + 1, strings.length(), 1, TEXT + 64 * i, code[i].length);
            strings.append(NAMES[i]).append('\0');
            b.position(TEXT + 64 * i).put(code[i]);
        }
        symbol(b, NAMES.length + 1, strings.length(), 0, 0, 0);
        strings.append("dlsym\0");
        int needed = strings.length();
        strings.append("libc.so.6\0");
        b.position(STR).put(strings.toString().getBytes(StandardCharsets.US_ASCII));
        b.position(HASH).putInt(1).putInt(5).putInt(1); // one bucket, chain 1 2 3 4
        for (int next : new int[] {0, 2, 3, 4, 0}) b.putInt(next);
        b.position(RELA).putLong(POINTER).putLong(4L << 32 | 6).putLong(0); // R_X86_64_GLOB_DAT
        dynamic(b, needed, strings.length());
        return b.array();
    }

    // ---- code

    /** The arguments of a system call: rdx is the number, rcx r8 r9 and the stack the rest. */
    private static byte[] call() {
        return new Assembler()
                .mov(Reg.RAX, Reg.RDX)
                .mov(Reg.RDI, Reg.RCX)
                .mov(Reg.RSI, Reg.R8)
                .mov(Reg.RDX, Reg.R9)
                .load(Reg.R10, Reg.RSP, 8)
                .load(Reg.R8, Reg.RSP, 16)
                .load(Reg.R9, Reg.RSP, 24)
                .syscall()
                .ret()
                .toBytes();
    }

    private static byte[] function() {
        return new Assembler()
                .mov(Reg.RAX, Reg.RDX)
                .mov(Reg.RDI, Reg.RCX)
                .mov(Reg.RSI, Reg.R8)
                .mov(Reg.RDX, Reg.R9)
                .load(Reg.RCX, Reg.RSP, 8)
                .load(Reg.R8, Reg.RSP, 16)
                .load(Reg.R9, Reg.RSP, 24)
                .jmp(Reg.RAX)
                .toBytes();
    }

    private static byte[] dlsym() {
        Assembler asm = new Assembler().mov(Reg.RDI, Reg.RDX).mov(Reg.RSI, Reg.RCX);
        Label end = new Label();
        asm.lea(Reg.RAX, end).bind(end); // rax: the address of what follows
        int here = TEXT + 64 * 2 + asm.size();
        return asm.load(Reg.RAX, Reg.RAX, POINTER - here).jmp(Reg.RAX).toBytes();
    }

    // ---- tables

    private static void header(ByteBuffer b) {
        b.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        b.putShort((short) 3).putShort((short) 62).putInt(1).putLong(0).putLong(64).putLong(0);
        b.putInt(0).putShort((short) 64).putShort((short) 56).putShort((short) 4);
        b.putShort((short) 64).putShort((short) 0).putShort((short) 0);
        segment(b, PT_LOAD, 5, 0, 0x600);
        segment(b, PT_LOAD, 6, DYNAMIC, END - DYNAMIC);
        segment(b, PT_DYNAMIC, 6, DYNAMIC, 11 * 16);
        segment(b, PT_GNU_STACK, 6, 0, 0); // not executable, or a JVM complains
    }

    private static void segment(ByteBuffer b, int type, int flags, long at, long size) {
        b.putInt(type).putInt(flags).putLong(at).putLong(at).putLong(at);
        b.putLong(size).putLong(size).putLong(0x1000);
    }

    private static void symbol(ByteBuffer b, int index, int name, int section, long at, long size) {
        b.position(SYM + 24 * index).putInt(name).put((byte) 0x12).put((byte) 0); // global function
        b.putShort((short) section).putLong(at).putLong(size);
    }

    private static void dynamic(ByteBuffer b, int needed, int strings) {
        long[][] entries = {
            {1, needed},
            {4, HASH},
            {5, STR},
            {6, SYM},
            {10, strings},
            {11, 24},
            {7, RELA},
            {8, 24},
            {9, 24},
            {24, 0},
            {0, 0} // BIND_NOW
        };
        b.position(DYNAMIC);
        for (long[] e : entries) b.putLong(e[0]).putLong(e[1]);
    }
}
