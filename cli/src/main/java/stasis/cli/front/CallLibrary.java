package stasis.cli.front;

import static stasis.arch.asm.ElfWriter.PF_R;
import static stasis.arch.asm.ElfWriter.PF_W;
import static stasis.arch.asm.ElfWriter.PF_X;
import static stasis.arch.asm.ElfWriter.PT_DYNAMIC;
import static stasis.arch.asm.ElfWriter.PT_GNU_STACK;
import static stasis.arch.asm.ElfWriter.PT_LOAD;
import static stasis.arch.asm.ElfWriter.SYM_BYTES;

import stasis.arch.asm.Assembler;
import stasis.arch.asm.ElfWriter;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;

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

    private static final int DT_NULL = 0;
    private static final int DT_NEEDED = 1;
    private static final int DT_HASH = 4;
    private static final int DT_STRTAB = 5;
    private static final int DT_SYMTAB = 6;
    private static final int DT_RELA = 7;
    private static final int DT_RELASZ = 8;
    private static final int DT_RELAENT = 9;
    private static final int DT_STRSZ = 10;
    private static final int DT_SYMENT = 11;
    private static final int DT_BIND_NOW = 24;

    private CallLibrary() {}

    static byte[] elf() {
        ElfWriter elf = new ElfWriter(END);
        header(elf);
        byte[][] code = {call(), function(), dlsym()};
        StringBuilder strings = new StringBuilder("\0");
        elf.at(SYM + SYM_BYTES);
        for (int i = 0; i < NAMES.length; i++) {
            elf.function(strings.length(), 1, TEXT + 64 * i, code[i].length);
            strings.append(NAMES[i]).append('\0');
        }
        elf.function(strings.length(), 0, 0, 0);
        strings.append("dlsym\0");
        int needed = strings.length();
        strings.append("libc.so.6\0");
        for (int i = 0; i < code.length; i++) elf.at(TEXT + 64 * i).bytes(code[i]);
        elf.at(STR).bytes(strings.toString().getBytes(StandardCharsets.US_ASCII));
        elf.at(HASH).ints(1, 5, 1).ints(0, 2, 3, 4, 0); // one bucket, chain 1 2 3 4
        elf.at(RELA).longs(POINTER, 4L << 32 | 6, 0); // R_X86_64_GLOB_DAT
        elf.at(DYNAMIC).longs(DT_NEEDED, needed, DT_HASH, HASH, DT_STRTAB, STR, DT_SYMTAB, SYM);
        elf.longs(DT_STRSZ, strings.length(), DT_SYMENT, SYM_BYTES);
        elf.longs(DT_RELA, RELA, DT_RELASZ, 24, DT_RELAENT, 24, DT_BIND_NOW, 0, DT_NULL, 0);
        return elf.file();
    }

    private static void header(ElfWriter elf) {
        elf.header(ElfWriter.ET_DYN, 0, 4);
        elf.segment(PT_LOAD, PF_R | PF_X, 0, 0, 0x600);
        elf.segment(PT_LOAD, PF_R | PF_W, DYNAMIC, DYNAMIC, END - DYNAMIC);
        elf.segment(PT_DYNAMIC, PF_R | PF_W, DYNAMIC, DYNAMIC, 11 * 16);
        elf.segment(PT_GNU_STACK, PF_R | PF_W, 0, 0, 0); // not executable, or a JVM complains
    }

    // ---- code

    /** The arguments of a system call: rdx is the number, rcx r8 r9 and the stack the rest. */
    private static byte[] call() {
        return arguments(Reg.R10).syscall().ret().toBytes();
    }

    private static byte[] function() {
        return arguments(Reg.RCX).jmp(Reg.RAX).toBytes();
    }

    /**
     * What to call into rax, six arguments to where callees look for them.
     *
     * @param fourth where a system call and C differ
     */
    private static Assembler arguments(Reg fourth) {
        return new Assembler()
                .mov(Reg.RAX, Reg.RDX)
                .mov(Reg.RDI, Reg.RCX)
                .mov(Reg.RSI, Reg.R8)
                .mov(Reg.RDX, Reg.R9)
                .load(fourth, Reg.RSP, 8)
                .load(Reg.R8, Reg.RSP, 16)
                .load(Reg.R9, Reg.RSP, 24);
    }

    private static byte[] dlsym() {
        Assembler asm = new Assembler().mov(Reg.RDI, Reg.RDX).mov(Reg.RSI, Reg.RCX);
        Label end = new Label();
        asm.lea(Reg.RAX, end).bind(end); // rax: the address of what follows
        int here = TEXT + 64 * 2 + asm.size();
        return asm.load(Reg.RAX, Reg.RAX, POINTER - here).jmp(Reg.RAX).toBytes();
    }
}
