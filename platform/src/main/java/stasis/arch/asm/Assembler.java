package stasis.arch.asm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The few x86-64 instructions that stubs are made of, as bytes (Intel SDM vol. 2). Jumps and
 * rip-relative operands always take 32 bits, so that no label needs a second pass.
 */
public final class Assembler {
    /** Condition codes of {@code jcc}. */
    public enum Condition {
        BELOW(0x2),
        ABOVE_OR_EQUAL(0x3),
        ZERO(0x4),
        NOT_ZERO(0x5),
        BELOW_OR_EQUAL(0x6),
        ABOVE(0x7),
        SIGN(0x8),
        NOT_SIGN(0x9);

        private final int code;

        Condition(int code) {
            this.code = code;
        }
    }

    private record Fixup(int at, Label target) {}

    private byte[] code = new byte[256];
    private int size;
    private final List<Fixup> fixups = new ArrayList<>();

    public Assembler() {}

    public Assembler bind(Label label) {
        if (label.at >= 0) throw new IllegalStateException("label bound twice");
        label.at = size;
        return this;
    }

    public int size() {
        return size;
    }

    /** The code, with all labels resolved. */
    public byte[] toBytes() {
        for (Fixup f : fixups) {
            put32(f.at, f.target.offset() - (f.at + 4));
        }
        return Arrays.copyOf(code, size);
    }

    public Assembler bytes(byte... raw) {
        for (byte b : raw) {
            emit(b);
        }
        return this;
    }

    /** Fills with zeroes up to a multiple of {@code alignment}. */
    public Assembler align(int alignment) {
        while (size % alignment != 0) {
            emit(0);
        }
        return this;
    }

    public Assembler int32(int value) {
        int at = size;
        for (int i = 0; i < 4; i++) {
            emit(0);
        }
        put32(at, value);
        return this;
    }

    public Assembler int64(long value) {
        return int32((int) value).int32((int) (value >>> 32));
    }

    /** The shortest of the three forms that gives all 64 bits of {@code value}. */
    public Assembler mov(Reg to, long value) {
        if (value == (value & 0xffff_ffffL)) {
            if (to.high() != 0) emit(0x41);
            return emit(0xb8 + to.low()).int32((int) value);
        }
        if (value == (int) value) {
            return rex(0, to.high()).emit(0xc7).emit(0xc0 + to.low()).int32((int) value);
        }
        return rex(0, to.high()).emit(0xb8 + to.low()).int64(value);
    }

    public Assembler mov(Reg to, Reg from) {
        return twoRegisters(0x89, to, from);
    }

    /** {@code mov to, [base + displacement]} */
    public Assembler load(Reg to, Reg base, int displacement) {
        return memory(0x8b, to, base, displacement);
    }

    /** {@code mov [base + displacement], from} */
    public Assembler store(Reg base, int displacement, Reg from) {
        return memory(0x89, from, base, displacement);
    }

    /** {@code mov to, dword [base + displacement]}; clears the upper half. */
    public Assembler load32(Reg to, Reg base, int displacement) {
        return memory32(0x8b, to.ordinal(), base, displacement);
    }

    /** {@code mov dword [base + displacement], from} */
    public Assembler store32(Reg base, int displacement, Reg from) {
        return memory32(0x89, from.ordinal(), base, displacement);
    }

    /** {@code mov dword [base + displacement], value} */
    public Assembler store32(Reg base, int displacement, int value) {
        return memory32(0xc7, 0, base, displacement).int32(value);
    }

    /** {@code cmp dword [base + displacement], value} */
    public Assembler cmp32(Reg base, int displacement, int value) {
        return memory32(0x81, 7, base, displacement).int32(value);
    }

    /** {@code xchg dword [base + displacement], with}; a full barrier. */
    public Assembler xchg32(Reg base, int displacement, Reg with) {
        return memory32(0x87, with.ordinal(), base, displacement);
    }

    /** {@code push qword [base + displacement]} */
    public Assembler push(Reg base, int displacement) {
        return memory32(0xff, 6, base, displacement);
    }

    /** {@code xrstor64 [base + displacement]}: the components that edx:eax names. */
    public Assembler xrstor64(Reg base, int displacement) {
        rex(0, base.high()).emit(0x0f).emit(0xae).emit(0x80 | 5 << 3 | base.low());
        if (base.low() == 4) emit(0x24);
        return int32(displacement);
    }

    /** {@code xsave64 [base + displacement]}: the components that edx:eax names. */
    public Assembler xsave64(Reg base, int displacement) {
        rex(0, base.high()).emit(0x0f).emit(0xae).emit(0x80 | 4 << 3 | base.low());
        if (base.low() == 4) emit(0x24);
        return int32(displacement);
    }

    /** {@code mov to, gs:[address]} */
    public Assembler loadGs(Reg to, int address) {
        return emit(0x65).rex(to.high(), 0).emit(0x8b).absolute(to.low(), address);
    }

    /** {@code mov gs:[address], from} */
    public Assembler storeGs(int address, Reg from) {
        return emit(0x65).rex(from.high(), 0).emit(0x89).absolute(from.low(), address);
    }

    /** {@code jmp gs:[address]} */
    public Assembler jmpGs(int address) {
        return emit(0x65).emit(0xff).absolute(4, address);
    }

    private Assembler absolute(int reg, int address) {
        return emit(reg << 3 | 4).emit(0x25).int32(address);
    }

    /** {@code lea to, [base + displacement]} */
    public Assembler lea(Reg to, Reg base, int displacement) {
        return memory(0x8d, to, base, displacement);
    }

    public Assembler lea(Reg to, Label target) {
        return rex(to.high(), 0).emit(0x8d).emit(0x05 | to.low() << 3).relative(target);
    }

    public Assembler test(Reg a, Reg b) {
        return twoRegisters(0x85, a, b);
    }

    public Assembler cmp(Reg a, Reg b) {
        return twoRegisters(0x39, a, b);
    }

    public Assembler xor(Reg to, Reg from) {
        return twoRegisters(0x31, to, from);
    }

    public Assembler or(Reg to, Reg from) {
        return twoRegisters(0x09, to, from);
    }

    public Assembler cmp(Reg a, int value) {
        return immediate(7, a, value);
    }

    public Assembler add(Reg to, int value) {
        return immediate(0, to, value);
    }

    public Assembler add(Reg to, Reg from) {
        return twoRegisters(0x01, to, from);
    }

    public Assembler sub(Reg to, Reg from) {
        return twoRegisters(0x29, to, from);
    }

    public Assembler dec(Reg to) {
        return rex(0, to.high()).emit(0xff).emit(0xc8 + to.low());
    }

    /** {@code rdx:rax = rax * by}, unsigned. */
    public Assembler mul(Reg by) {
        return rex(0, by.high()).emit(0xf7).emit(0xe0 + by.low());
    }

    /** {@code to = (from:to) >>> bits} */
    public Assembler shrd(Reg to, Reg from, int bits) {
        return rex(from.high(), to.high())
                .emit(0x0f)
                .emit(0xac)
                .emit(0xc0 | from.low() << 3 | to.low())
                .emit(bits);
    }

    public Assembler div(Reg by) {
        return rex(0, by.high()).emit(0xf7).emit(0xf0 + by.low());
    }

    public Assembler shl(Reg to, int bits) {
        return rex(0, to.high()).emit(0xc1).emit(0xe0 + to.low()).emit(bits);
    }

    public Assembler shr(Reg to, int bits) {
        return rex(0, to.high()).emit(0xc1).emit(0xe8 + to.low()).emit(bits);
    }

    /** Pushes {@code value}, with its sign extended. */
    public Assembler push(int value) {
        return emit(0x68).int32(value);
    }

    /** {@code pop qword [base + displacement]} */
    public Assembler pop(Reg base, int displacement) {
        return memory32(0x8f, 0, base, displacement);
    }

    public Assembler pushfq() {
        return emit(0x9c);
    }

    public Assembler popfq() {
        return emit(0x9d);
    }

    public Assembler iretq() {
        return emit(0x48).emit(0xcf);
    }

    /** {@code rep movsq}: rcx longs from [rsi] to [rdi]. */
    public Assembler repMovsq() {
        return emit(0xf3).emit(0x48).emit(0xa5);
    }

    public Assembler rdfsbase(Reg to) {
        return baseOf(0, to);
    }

    public Assembler rdgsbase(Reg to) {
        return baseOf(1, to);
    }

    public Assembler wrfsbase(Reg from) {
        return baseOf(2, from);
    }

    public Assembler wrgsbase(Reg from) {
        return baseOf(3, from);
    }

    public Assembler jcc(Condition condition, Label target) {
        return emit(0x0f).emit(0x80 + condition.code).relative(target);
    }

    public Assembler jmp(Label target) {
        return emit(0xe9).relative(target);
    }

    public Assembler jmp(Reg to) {
        if (to.high() != 0) emit(0x41);
        return emit(0xff).emit(0xe0 + to.low());
    }

    /** {@code jmp [rip + pointer]} */
    public Assembler jmpThrough(Label pointer) {
        return emit(0xff).emit(0x25).relative(pointer);
    }

    public Assembler call(Label target) {
        return emit(0xe8).relative(target);
    }

    public Assembler call(Reg to) {
        if (to.high() != 0) emit(0x41);
        return emit(0xff).emit(0xd0 + to.low());
    }

    /** {@code call [rip + pointer]} */
    public Assembler callThrough(Label pointer) {
        return emit(0xff).emit(0x15).relative(pointer);
    }

    public Assembler ret() {
        return emit(0xc3);
    }

    public Assembler syscall() {
        return emit(0x0f).emit(0x05);
    }

    public Assembler int3() {
        return emit(0xcc);
    }

    /** {@code int 0x80}, the i386 system call. */
    public Assembler int80() {
        return emit(0xcd).emit(0x80);
    }

    public Assembler ud2() {
        return emit(0x0f).emit(0x0b);
    }

    public Assembler cpuid() {
        return emit(0x0f).emit(0xa2);
    }

    public Assembler lfence() {
        return emit(0x0f).emit(0xae).emit(0xe8);
    }

    public Assembler pause() {
        return emit(0xf3).emit(0x90);
    }

    public Assembler rdtsc() {
        return emit(0x0f).emit(0x31);
    }

    private Assembler immediate(int operation, Reg to, int value) {
        return rex(0, to.high()).emit(0x81).emit(0xc0 | operation << 3 | to.low()).int32(value);
    }

    private Assembler twoRegisters(int opcode, Reg rm, Reg reg) {
        return rex(reg.high(), rm.high()).emit(opcode).emit(0xc0 | reg.low() << 3 | rm.low());
    }

    private Assembler memory(int opcode, Reg reg, Reg base, int displacement) {
        rex(reg.high(), base.high()).emit(opcode).emit(0x80 | reg.low() << 3 | base.low());
        if (base.low() == 4) emit(0x24); // rsp and r12 need a SIB byte
        return int32(displacement);
    }

    private Assembler memory32(int opcode, int reg, Reg base, int displacement) {
        int prefix = 0x40 | reg >> 3 << 2 | base.high();
        if (prefix != 0x40) emit(prefix);
        emit(opcode).emit(0x80 | (reg & 7) << 3 | base.low());
        if (base.low() == 4) emit(0x24);
        return int32(displacement);
    }

    private Assembler baseOf(int operation, Reg reg) {
        emit(0xf3).rex(0, reg.high());
        return emit(0x0f).emit(0xae).emit(0xc0 | operation << 3 | reg.low());
    }

    private Assembler rex(int r, int b) {
        return emit(0x48 | r << 2 | b);
    }

    private Assembler relative(Label target) {
        fixups.add(new Fixup(size, target));
        return int32(0);
    }

    private Assembler emit(int b) {
        if (size == code.length) code = Arrays.copyOf(code, size * 2);
        code[size++] = (byte) b;
        return this;
    }

    private void put32(int at, int value) {
        for (int i = 0; i < 4; i++) {
            code[at + i] = (byte) (value >> 8 * i);
        }
    }
}
