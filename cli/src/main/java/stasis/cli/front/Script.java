package stasis.cli.front;

import stasis.arch.asm.Assembler;
import stasis.arch.asm.Assembler.Condition;
import stasis.arch.asm.ElfImage;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that is little more than a sequence of system calls. A call that fails ends it with one
 * line on stderr and {@link #FAILED}, unless it is {@link #attempt}ed.
 *
 * <pre>
 *   r12   what the kernel put on the stack: argc, argv[], 0, envp[], 0
 *   rbx   variables, 8 bytes each
 * </pre>
 */
final class Script {
    static final int FAILED = 125;

    private static final int VARIABLES_BYTES = 4096;
    private static final Reg[] ARGUMENTS = {Reg.RDI, Reg.RSI, Reg.RDX, Reg.R10, Reg.R8, Reg.R9};

    /** An argument of a call: code that puts it into a register. */
    interface Arg {
        void into(Reg register);
    }

    private record Constant(Label label, byte[] bytes) {}

    private final Assembler asm = new Assembler();
    private final List<Constant> constants = new ArrayList<>();
    private final Label fail = new Label();
    private final String name;
    private int variables;

    Script(String name) {
        this.name = name;
        asm.mov(Reg.R12, Reg.RSP).add(Reg.RSP, -VARIABLES_BYTES).mov(Reg.RBX, Reg.RSP);
    }

    Assembler asm() {
        return asm;
    }

    // ---- arguments

    Arg number(long value) {
        return r -> asm.mov(r, value);
    }

    Arg text(String text) {
        return bytes((text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    Arg bytes(byte[] content) {
        Label label = constant(content);
        return r -> asm.lea(r, label);
    }

    Arg longs(long... values) {
        ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long v : values) b.putLong(v);
        return bytes(b.array());
    }

    /** Room for so many bytes; its offset from rbx. */
    int room(int size) {
        int at = variables;
        variables += size + 7 & -8;
        if (variables > VARIABLES_BYTES) throw new IllegalStateException("too many variables");
        return at;
    }

    Arg address(int variable) {
        return r -> asm.mov(r, Reg.RBX).add(r, variable);
    }

    Arg value(int variable) {
        return r -> asm.load(r, Reg.RBX, variable);
    }

    /** {@code argv[index]}, which must be there. */
    Arg argument(int index) {
        return r -> asm.load(r, Reg.R12, 8 + 8 * index);
    }

    private Label constant(byte[] content) {
        Label label = new Label();
        constants.add(new Constant(label, content));
        return label;
    }

    // ---- calls; the result stays in rax

    Script call(String what, int nr, Arg... args) {
        attempt(nr, args);
        Label good = new Label();
        asm.cmp(Reg.RAX, -4095).jcc(Condition.BELOW, good);
        byte[] line =
                ("stasis: " + name + ": " + what + ": errno ").getBytes(StandardCharsets.UTF_8);
        asm.lea(Reg.RSI, constant(line)).mov(Reg.RDX, line.length).jmp(fail);
        asm.bind(good);
        return this;
    }

    Script call(String what, int nr) {
        return call(what, nr, new Arg[0]);
    }

    Script call(String what, int nr, long... args) {
        return call(what, nr, numbers(args));
    }

    Script attempt(int nr, Arg... args) {
        for (int i = 0; i < args.length; i++) args[i].into(ARGUMENTS[i]);
        asm.mov(Reg.RAX, nr).syscall();
        return this;
    }

    Script attempt(int nr, long... args) {
        return attempt(nr, numbers(args));
    }

    private Arg[] numbers(long... args) {
        Arg[] all = new Arg[args.length];
        for (int i = 0; i < args.length; i++) all[i] = number(args[i]);
        return all;
    }

    Script keep(int variable) {
        asm.store(Reg.RBX, variable, Reg.RAX);
        return this;
    }

    /** Goes on at {@code label} if the last result is not 0. */
    Script ifNonZero(Label label) {
        asm.test(Reg.RAX, Reg.RAX).jcc(Condition.NOT_ZERO, label);
        return this;
    }

    /**
     * execve(2) with the caller's environment.
     *
     * @param passOn whether the caller's arguments, from the {@code skip}th on, are appended
     */
    Script exec(List<String> argv, boolean passOn, int skip) {
        asm.load(Reg.RCX, Reg.R12, 0).shl(Reg.RCX, 3);
        asm.bytes((byte) 0x48, (byte) 0x29, (byte) 0xcc); // sub rsp, rcx
        asm.add(Reg.RSP, -8 * (argv.size() + 2));
        asm.bytes((byte) 0x48, (byte) 0x83, (byte) 0xe4, (byte) 0xf0); // and rsp, -16
        for (int i = 0; i < argv.size(); i++) {
            text(argv.get(i)).into(Reg.RAX);
            asm.store(Reg.RSP, 8 * i, Reg.RAX);
        }
        asm.mov(Reg.RDI, Reg.RSP).add(Reg.RDI, 8 * argv.size());
        if (passOn) {
            copyArguments(skip);
        } else {
            asm.mov(Reg.RAX, 0).store(Reg.RDI, 0, Reg.RAX);
        }
        asm.load(Reg.RCX, Reg.R12, 0).shl(Reg.RCX, 3).mov(Reg.RDX, Reg.R12);
        asm.bytes((byte) 0x48, (byte) 0x01, (byte) 0xca).add(Reg.RDX, 16); // add rdx, rcx
        Arg stack = r -> asm.mov(r, Reg.RSP);
        Arg environment = r -> {};
        return call("execve " + argv.getFirst(), 59, text(argv.getFirst()), stack, environment);
    }

    private void copyArguments(int skip) {
        Label again = new Label();
        asm.mov(Reg.RSI, Reg.R12).add(Reg.RSI, 8 + 8 * skip).bind(again);
        asm.load(Reg.RAX, Reg.RSI, 0).store(Reg.RDI, 0, Reg.RAX);
        asm.add(Reg.RSI, 8).add(Reg.RDI, 8);
        asm.test(Reg.RAX, Reg.RAX).jcc(Condition.NOT_ZERO, again);
    }

    Script exit(Arg code) {
        return attempt(231, code);
    }

    byte[] elf() {
        failure();
        asm.align(8);
        for (Constant c : constants) asm.bind(c.label).bytes(c.bytes).align(8);
        return ElfImage.of(asm.toBytes());
    }

    /** rsi, rdx: what failed; rax: -errno. Writes both, the number with three digits. */
    private void failure() {
        int digits = room(8);
        int errno = room(8);
        asm.bind(fail).store(Reg.RBX, errno, Reg.RAX);
        asm.mov(Reg.RDI, 2).mov(Reg.RAX, 1).syscall();
        asm.load(Reg.RAX, Reg.RBX, errno);
        asm.bytes((byte) 0x48, (byte) 0xf7, (byte) 0xd8); // neg rax
        asm.mov(Reg.RCX, 10).mov(Reg.RSI, 0x0a303030L); // "000\n"
        for (int place = 2; place >= 0; place--) {
            asm.mov(Reg.RDX, 0).div(Reg.RCX).shl(Reg.RDX, 8 * place);
            asm.bytes((byte) 0x48, (byte) 0x01, (byte) 0xd6); // add rsi, rdx
        }
        asm.store(Reg.RBX, digits, Reg.RSI);
        attempt(1, number(2), address(digits), number(4));
        exit(number(FAILED));
    }
}
