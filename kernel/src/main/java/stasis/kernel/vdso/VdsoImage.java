package stasis.kernel.vdso;

import static stasis.abi.Time.CLOCK_BOOTTIME;
import static stasis.abi.Time.CLOCK_MONOTONIC;
import static stasis.abi.Time.CLOCK_MONOTONIC_COARSE;
import static stasis.abi.Time.CLOCK_MONOTONIC_RAW;
import static stasis.abi.Time.CLOCK_REALTIME;
import static stasis.abi.Time.CLOCK_REALTIME_COARSE;
import static stasis.arch.asm.Assembler.Condition.ABOVE_OR_EQUAL;
import static stasis.arch.asm.Assembler.Condition.NOT_ZERO;
import static stasis.arch.asm.Assembler.Condition.ZERO;
import static stasis.arch.asm.Reg.R10;
import static stasis.arch.asm.Reg.R11;
import static stasis.arch.asm.Reg.R8;
import static stasis.arch.asm.Reg.R9;
import static stasis.arch.asm.Reg.RAX;
import static stasis.arch.asm.Reg.RCX;
import static stasis.arch.asm.Reg.RDI;
import static stasis.arch.asm.Reg.RDX;
import static stasis.arch.asm.Reg.RSI;

import stasis.arch.Pages;
import stasis.arch.asm.Assembler;
import stasis.arch.asm.ElfWriter;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The ELF image of the vDSO, vdso(7): what a C library needs to find three functions by name and
 * version, and the functions. A clock that is not in the parameters, or a page that says so, leads
 * to the real call.
 *
 * <pre>
 * 0000  header, program headers    0280  .gnu.version, .gnu.version_d
 * 0100  .dynsym                    0300  .dynamic
 * 0180  .dynstr                    0400  code, 384 bytes a function
 * 0240  .hash
 * </pre>
 */
final class VdsoImage {
    private static final int SYM = 0x100;
    private static final int STR = 0x180;
    private static final int HASH = 0x240;
    private static final int VERSYM = 0x280;
    private static final int VERDEF = 0x2a0;
    private static final int DYNAMIC = 0x300;
    private static final int TEXT = 0x400;
    private static final int FUNCTION_BYTES = 0x180;
    private static final int END = TEXT + 3 * FUNCTION_BYTES;

    private static final int DT_NULL = 0;
    private static final int DT_HASH = 4;
    private static final int DT_STRTAB = 5;
    private static final int DT_SYMTAB = 6;
    private static final int DT_STRSZ = 10;
    private static final int DT_SYMENT = 11;
    private static final int DT_SONAME = 14;
    private static final int DT_VERSYM = 0x6ffffff0;
    private static final int DT_VERDEF = 0x6ffffffc;
    private static final int DT_VERDEFNUM = 0x6ffffffd;

    private static final String SONAME = "linux-vdso.so.1";
    private static final String VERSION = "LINUX_2.6";

    /** The parameters; see the package comment. */
    static final int SEQUENCE = 0x00;

    static final int TICKS = 0x08;
    static final int MONOTONIC = 0x10;
    static final int REALTIME = 0x18;
    static final int RATE = 0x20;

    private static final long SECOND = 1_000_000_000;

    private static final byte[] IMAGE = build();

    private VdsoImage() {}

    static byte[] bytes() {
        return IMAGE.clone();
    }

    private static byte[] build() {
        ElfWriter elf = new ElfWriter(END);
        elf.header(ElfWriter.ET_DYN, 0, 2);
        elf.segment(ElfWriter.PT_LOAD, ElfWriter.PF_R | ElfWriter.PF_X, 0, 0, END);
        elf.segment(ElfWriter.PT_DYNAMIC, ElfWriter.PF_R, DYNAMIC, DYNAMIC, 10 * 16);
        StringBuilder strings = new StringBuilder("\0");
        List<String> names = List.of("clock_gettime", "gettimeofday", "time");
        elf.at(SYM + ElfWriter.SYM_BYTES);
        for (int i = 0; i < names.size(); i++) {
            int at = TEXT + FUNCTION_BYTES * i;
            elf.function(add(strings, "__vdso_" + names.get(i)), 1, at, FUNCTION_BYTES);
        }
        int soname = add(strings, SONAME);
        int version = add(strings, VERSION);
        elf.at(STR).bytes(strings.toString().getBytes(StandardCharsets.US_ASCII));
        elf.at(HASH).ints(1, 4, 1).ints(0, 2, 3, 0); // one bucket, chain 1 2 3
        elf.at(VERSYM).shorts(0, 2, 2, 2);
        elf.at(VERDEF);
        versionDefinition(elf, 1, 1, SONAME, soname, 28);
        versionDefinition(elf, 0, 2, VERSION, version, 0);
        elf.at(DYNAMIC).longs(DT_SONAME, soname, DT_HASH, HASH, DT_STRTAB, STR, DT_SYMTAB, SYM);
        elf.longs(DT_STRSZ, strings.length(), DT_SYMENT, ElfWriter.SYM_BYTES);
        elf.longs(DT_VERSYM, VERSYM, DT_VERDEF, VERDEF, DT_VERDEFNUM, 2, DT_NULL, 0);
        byte[][] code = {clockGettime(), gettimeofday(), time()};
        for (int i = 0; i < code.length; i++) elf.at(TEXT + FUNCTION_BYTES * i).bytes(code[i]);
        return elf.file();
    }

    private static int add(StringBuilder strings, String name) {
        int at = strings.length();
        strings.append(name).append('\0');
        return at;
    }

    /** Elf64_Verdef and its only Elf64_Verdaux. */
    private static void versionDefinition(
            ElfWriter elf, int flags, int index, String name, int nameAt, int next) {
        elf.shorts(1, flags, index, 1).ints(hash(name), 20, next).ints(nameAt, 0);
    }

    /** The hash of the System V ABI. */
    private static int hash(String name) {
        int h = 0;
        for (int i = 0; i < name.length(); i++) {
            h = (h << 4) + name.charAt(i);
            int high = h & 0xf000_0000;
            h = (h ^ high >>> 24) & ~high;
        }
        return h;
    }

    // ---- code; only registers that a call may change are used

    /** {@code int clock_gettime(clockid_t edi, struct timespec *rsi)} */
    private static byte[] clockGettime() {
        Label monotonic = new Label();
        Label known = new Label();
        Label call = new Label();
        Assembler a = new Assembler();
        a.bytes((byte) 0x89, (byte) 0xff); // mov edi, edi: an int
        a.mov(R11, REALTIME);
        for (int clock : new int[] {CLOCK_REALTIME, CLOCK_REALTIME_COARSE}) {
            a.cmp(RDI, clock).jcc(ZERO, known);
        }
        for (int clock :
                new int[] {
                    CLOCK_MONOTONIC, CLOCK_MONOTONIC_COARSE, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME
                }) {
            a.cmp(RDI, clock).jcc(ZERO, monotonic);
        }
        a.jmp(call).bind(monotonic).mov(R11, MONOTONIC).bind(known);
        nanoseconds(a, 0, call);
        a.mov(RCX, SECOND).xor(RDX, RDX).div(RCX);
        a.store(RSI, 0, RAX).store(RSI, 8, RDX).xor(RAX, RAX).ret();
        return realCall(a, call, 228);
    }

    /** {@code int gettimeofday(struct timeval *rdi, struct timezone *rsi)} */
    private static byte[] gettimeofday() {
        Label zone = new Label();
        Label done = new Label();
        Label call = new Label();
        Assembler a = new Assembler().mov(R11, REALTIME).test(RDI, RDI).jcc(ZERO, zone);
        nanoseconds(a, 1, call);
        a.mov(RCX, SECOND).xor(RDX, RDX).div(RCX).store(RDI, 0, RAX);
        a.mov(RAX, RDX).mov(RCX, 1000).xor(RDX, RDX).div(RCX).store(RDI, 8, RAX);
        a.bind(zone).test(RSI, RSI).jcc(ZERO, done).xor(RAX, RAX).store(RSI, 0, RAX);
        a.bind(done).xor(RAX, RAX).ret();
        return realCall(a, call, 96);
    }

    /** {@code time_t time(time_t *rdi)} */
    private static byte[] time() {
        Label done = new Label();
        Label call = new Label();
        Assembler a = new Assembler().mov(R11, REALTIME);
        nanoseconds(a, 2, call);
        a.mov(RCX, SECOND).xor(RDX, RDX).div(RCX);
        a.test(RDI, RDI).jcc(ZERO, done).store(RDI, 0, RAX).bind(done).ret();
        return realCall(a, call, 201);
    }

    private static byte[] realCall(Assembler a, Label call, int number) {
        byte[] code = a.bind(call).mov(RAX, number).syscall().ret().toBytes();
        if (code.length > FUNCTION_BYTES) throw new AssertionError("a function of the vDSO grew");
        return code;
    }

    /**
     * rax = the base at [parameters + r11] and what has passed since. Changes rcx, rdx, r8 to r11.
     *
     * @param function whose code this is
     */
    private static void nanoseconds(Assembler a, int function, Label call) {
        Label here = new Label();
        Label again = new Label();
        Label wait = new Label();
        Label later = new Label();
        a.lea(R8, here).bind(here);
        a.add(R8, -((int) Pages.SIZE + TEXT + FUNCTION_BYTES * function + a.size()));
        a.add(R11, R8).jmp(again).bind(wait).pause().bind(again);
        a.load(R9, R8, SEQUENCE).bytes((byte) 0x41, (byte) 0xf6, (byte) 0xc1, (byte) 1); // r9b & 1
        a.jcc(NOT_ZERO, wait);
        a.load(RCX, R8, RATE).test(RCX, RCX).jcc(ZERO, call);
        a.lfence().rdtsc().shl(RDX, 32).or(RAX, RDX);
        a.load(R10, R8, TICKS).cmp(RAX, R10).jcc(ABOVE_OR_EQUAL, later);
        a.mov(RAX, R10); // another processor's counter is a little behind
        a.bind(later).sub(RAX, R10).mul(RCX).shrd(RAX, RDX, 32);
        addAtR11(a);
        a.load(R10, R8, SEQUENCE).cmp(R10, R9).jcc(NOT_ZERO, wait);
    }

    /** {@code add rax, [r11]} */
    private static void addAtR11(Assembler a) {
        Reg base = R10;
        a.load(base, R11, 0).add(RAX, base);
    }
}
