package stasis.platform.systrap;

import static stasis.arch.asm.Assembler.Condition.ABOVE_OR_EQUAL;
import static stasis.arch.asm.Assembler.Condition.BELOW;
import static stasis.arch.asm.Assembler.Condition.NOT_ZERO;
import static stasis.arch.asm.Assembler.Condition.ZERO;
import static stasis.arch.asm.Reg.R10;
import static stasis.arch.asm.Reg.R11;
import static stasis.arch.asm.Reg.R12;
import static stasis.arch.asm.Reg.R13;
import static stasis.arch.asm.Reg.R14;
import static stasis.arch.asm.Reg.R15;
import static stasis.arch.asm.Reg.R8;
import static stasis.arch.asm.Reg.R9;
import static stasis.arch.asm.Reg.RAX;
import static stasis.arch.asm.Reg.RBP;
import static stasis.arch.asm.Reg.RBX;
import static stasis.arch.asm.Reg.RCX;
import static stasis.arch.asm.Reg.RDI;
import static stasis.arch.asm.Reg.RDX;
import static stasis.arch.asm.Reg.RSI;
import static stasis.arch.asm.Reg.RSP;

import stasis.arch.Pages;
import stasis.arch.asm.Assembler;
import stasis.arch.asm.Label;
import stasis.arch.asm.Reg;
import stasis.host.Nr;
import stasis.host.SeccompFilter;
import stasis.platform.stub.StubCode;
import stasis.platform.stub.StubExtension;

import java.util.List;

/** The machine code of guest threads; drawn in the package comment. */
final class SystrapCode implements StubExtension {
    /** Where patched calls jump to, the same for all processes: {@link Trampolines}. */
    static final long TRAMPOLINES = StubCode.GUEST_END;

    static final long TRAMPOLINES_BYTES = 2L << 20;

    /** Of all guest threads of all processes; a process sees its own. One upper half of 32 bits. */
    static final long AREAS = TRAMPOLINES + TRAMPOLINES_BYTES;

    static final long AREAS_BYTES = (1L << 32) - TRAMPOLINES_BYTES;

    /** All that systrap has between the guest and the stub's code. */
    static final long SHARED_BYTES = TRAMPOLINES_BYTES + AREAS_BYTES;

    /**
     * How far below its area a thread's GS base is. Guest code that sets the base itself finds
     * nothing mapped there, and its calls fault instead of writing somewhere.
     */
    static final int GS_BIAS = 0x7000_0000;

    private static final int[] SIGNALS = {4, 5, 7, 8, 11, 31, 23};
    private static final int SIGURG = 23;

    /** SA_SIGINFO | SA_RESTORER | SA_ONSTACK | SA_NODEFER */
    private static final long ACTION_FLAGS = 0x4c00_0004;

    /** In {@code ucontext_t}, asm/ucontext.h: where sigcontext's r8, fpstate and others are. */
    private static final int UC_R8 = 40;

    private static final int UC_RIP = 168;
    private static final int UC_RSP = 160;
    private static final int UC_EFLAGS = 176;
    private static final int UC_FPU = 224;

    /** In {@link Area#REGISTERS}. */
    private static final int RSP_AT = Area.REGISTERS + 120;

    private static final int RIP_AT = Area.REGISTERS + 128;
    private static final int EFLAGS_AT = Area.REGISTERS + 136;

    private static final int CS = 0x33;
    private static final int SS = 0x2b;
    private static final int FLAGS = 0x202;

    /** The order of sigcontext; rsp is not loaded as the others are. */
    private static final Reg[] ORDER = {
        R8, R9, R10, R11, R12, R13, R14, R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX
    };

    /** Where each of {@link #ORDER} is in an area. */
    private static int at(Reg register) {
        return Area.REGISTERS + 8 * List.of(ORDER).indexOf(register);
    }

    private final Label windowStart = new Label();
    private final Label windowEnd = new Label();
    private final Label quickStart = new Label();
    private final Label quickEnd = new Label();
    private final Label handOver = new Label();
    private final Label resume = new Label();
    private final Label load = new Label();
    private final Label interrupted = new Label();
    private final Label called = new Label();
    private final Label calledWithTail = new Label();
    private int handlerAt;
    private int spawnAt;

    /** A clone: the parent traps, the child becomes a guest thread whose area is at r14. */
    long spawn() {
        return StubCode.CODE + spawnAt;
    }

    /** Where trampolines go: rcx is the address behind the call, rax its number. */
    long called() {
        return StubCode.CODE + called.offset();
    }

    /** The same for a call after which the guest goes on at the address in r11. */
    long calledWithTail() {
        return StubCode.CODE + calledWithTail.offset();
    }

    private long handler() {
        return StubCode.CODE + handlerAt;
    }

    @Override
    public void emit(Assembler a) {
        emitSpawn(a);
        handlerAt = a.align(16).size();
        emitHandler(a);
        emitCalled(a.align(16));
        emitHandOver(a);
        emitQuickReturn(a);
        emitResume(a);
    }

    /** The registers still hold the secrets of the call that made it. */
    private void emitSpawn(Assembler a) {
        spawnAt = a.size();
        Label child = new Label();
        a.syscall().test(RAX, RAX).jcc(ZERO, child).int3();
        a.bind(child).xor(R8, R8).xor(R10, R10).mov(RBX, R14).lea(RSP, RBX, Area.STACK_END);
        a.lea(RDI, RBX, Area.STACK).xor(RSI, RSI).mov(RAX, Nr.SIGALTSTACK).syscall();
        a.store32(RBX, Area.KIND, Area.READY).jmp(handOver);
    }

    /**
     * In: rdi the signal, rsi siginfo, rdx the context, rsp on the thread's alternate stack. The
     * host has saved the FPU in the frame. NT must go, or iretq faults.
     */
    private void emitHandler(Assembler a) {
        Label inStub = new Label();
        Label inGuest = new Label();
        a.push(FLAGS).popfq().mov(R15, RSP).shr(R15, 16).shl(R15, 16);
        a.load(RAX, RDX, UC_RIP).mov(RCX, RAX).shr(RCX, Pages.SHIFT);
        a.mov(R14, StubCode.CODE >>> Pages.SHIFT).cmp(RCX, R14).jcc(ZERO, inStub);
        a.bind(inGuest).store32(R15, Area.SIGNAL, RDI);
        for (int i = 0; i < 4; i++) {
            a.load(RCX, RSI, 8 * i).store(R15, Area.SIGINFO + 8 * i, RCX);
        }
        emitSaveRest(a);
        a.lea(RSI, RDX, UC_R8).lea(RDI, R15, Area.REGISTERS).mov(RCX, Area.REGISTER_LONGS);
        a.repMovsq().store32(R15, Area.KIND, Area.STOPPED).mov(RBX, R15).jmp(handOver);
        emitInStub(a.bind(inStub), inGuest);
    }

    /** Where the FPU is, and the bases, which are not in the frame. */
    private static void emitSaveRest(Assembler a) {
        a.load(RCX, RDX, UC_FPU).store(R15, Area.FPU_AT, RCX);
        a.rdfsbase(RCX).store(R15, Area.FS_BASE, RCX);
        a.rdgsbase(RCX).store(R15, Area.GS_BASE, RCX);
    }

    /**
     * A kick between {@link #windowStart} or {@link #quickStart} and the end finds the guest's
     * registers complete in the area and its FPU in the processor: a stop. A kick elsewhere goes
     * back; a stop follows anyway. Whatever else happens to the first instruction of a patched call
     * happens to guest code: its GS base is not the area. Any other signal means that something of
     * the guest's cannot be loaded.
     */
    private void emitInStub(Assembler a, Label inGuest) {
        Label fault = new Label();
        Label goBack = new Label();
        Label window = new Label();
        Label notQuick = new Label();
        a.cmp(RDI, SIGURG).jcc(NOT_ZERO, fault);
        a.lea(RCX, quickStart).cmp(RAX, RCX).jcc(BELOW, notQuick);
        a.lea(RCX, quickEnd).cmp(RAX, RCX).jcc(BELOW, window);
        a.bind(notQuick).lea(RCX, windowStart).cmp(RAX, RCX).jcc(BELOW, goBack);
        a.lea(RCX, windowEnd).cmp(RAX, RCX).jcc(ABOVE_OR_EQUAL, goBack);
        emitSaveFpu(a.bind(window));
        a.store32(R15, Area.KIND, Area.NOT_ENTERED).mov(RBX, R15).jmp(handOver);
        a.bind(fault).lea(RCX, called).cmp(RAX, RCX).jcc(ZERO, inGuest);
        a.lea(RCX, calledWithTail).cmp(RAX, RCX).jcc(ZERO, inGuest);
        a.store32(R15, Area.SIGNAL, RDI);
        emitSaveFpu(a);
        a.store32(R15, Area.KIND, Area.STUB_FAULT).mov(RBX, R15).jmp(handOver);
        emitGoBack(a.bind(goBack));
    }

    /** The bases in the area are the guest's already. */
    private static void emitSaveFpu(Assembler a) {
        a.load(RCX, RDX, UC_FPU).store(R15, Area.FPU_AT, RCX);
    }

    /** What rt_sigreturn(2) would do, which the filter does not allow. */
    private static void emitGoBack(Assembler a) {
        emitLoadFpu(a.mov(RBX, RDX), UC_FPU);
        a.push(SS).push(RBX, UC_RSP).push(RBX, UC_EFLAGS).push(CS).push(RBX, UC_RIP);
        emitLoad(a, UC_R8);
        a.iretq();
    }

    // ---- patched calls

    /**
     * What a system call would leave alone is stored, and nothing else changed but rcx and r11. The
     * FPU stays where it is.
     */
    private void emitCalled(Assembler a) {
        Label common = new Label();
        a.bind(calledWithTail).storeGs(GS_BIAS + Area.GO_TO, R11).jmp(common).align(16);
        a.bind(called).storeGs(GS_BIAS + Area.GO_TO, RCX).bind(common);
        a.loadGs(R11, GS_BIAS + Area.SELF).store(R11, RSP_AT, RSP).lea(RSP, R11, Area.STACK_END);
        a.pushfq().pop(R11, at(R11));
        for (Reg r : ORDER) {
            if (r != R11) a.store(R11, at(r), r);
        }
        a.rdfsbase(RCX).store(R11, Area.FS_BASE, RCX).mov(RBX, R11);
        a.store32(RBX, Area.KIND, Area.CALLED).jmp(handOver);
    }

    /**
     * Falls in from the hand-over. Loads what the hand-over may have changed, and goes on behind
     * the call.
     */
    private void emitQuickReturn(Assembler a) {
        Label save = new Label();
        Label quick = new Label();
        a.bind(resume).load32(RCX, RBX, Area.ORDER).cmp(RCX, Area.SAVE_FPU).jcc(ZERO, save);
        a.cmp(RCX, Area.RETURN).jcc(ZERO, quick);
        a.jmp(load);
        a.bind(save).mov(RAX, ~AreaRegisters.AMX & 0xffff_ffffL).mov(RDX, 0xffff_ffffL);
        a.xsave64(RBX, Area.FPU).jmp(handOver);
        a.bind(quick).lea(RSP, RBX, Area.STACK_END);
        a.bind(quickStart).cmp32(RBX, Area.INTERRUPT, 0).jcc(NOT_ZERO, interrupted);
        a.load(RAX, RBX, Area.RESULT).push(RBX, at(R11)).popfq();
        for (Reg r : List.of(RCX, RDX, RSI, RDI, R10, R11, R12)) a.load(r, RBX, at(r));
        a.load(RSP, RBX, RSP_AT).load(RBX, RBX, at(RBX));
        a.jmpGs(GS_BIAS + Area.GO_TO).bind(quickEnd);
    }

    /**
     * From the area that rbx + {@code at} points to. Not the tiles: the host saves what a thread
     * may use, and the processor would look behind the end of that.
     */
    private static void emitLoadFpu(Assembler a, int at) {
        a.load(RDI, RBX, at).mov(RAX, ~AreaRegisters.AMX & 0xffff_ffffL).mov(RDX, 0xffff_ffffL);
        a.xrstor64(RDI, 0);
    }

    /** All of {@link #ORDER} from rbx + {@code at}, rbx itself last. */
    private static void emitLoad(Assembler a, int at) {
        for (int i = 0; i < ORDER.length; i++) {
            if (ORDER[i] != RBX) a.load(ORDER[i], RBX, at + 8 * i);
        }
        a.load(RBX, RBX, at + at(RBX) - Area.REGISTERS);
    }

    /** rbx is the area, in which everything is said. Gives the turn away and waits for it. */
    private void emitHandOver(Assembler a) {
        Label look = new Label();
        Label sleep = new Label();
        Label asleep = new Label();
        Label noWake = new Label();
        a.bind(handOver).mov(RCX, Area.SENTRY).xchg32(RBX, Area.WORD, RCX);
        a.cmp32(RBX, Area.SENTRY_SLEEPS, 0).jcc(ZERO, noWake);
        emitFutex(a, 1, 1);
        a.bind(noWake).load32(R12, RBX, Area.SPIN).add(R12, 1);
        a.bind(look).cmp32(RBX, Area.WORD, Area.STUB).jcc(ZERO, resume);
        a.pause().dec(R12).jcc(NOT_ZERO, look);
        a.bind(sleep).mov(RCX, 1).xchg32(RBX, Area.STUB_SLEEPS, RCX);
        a.cmp32(RBX, Area.WORD, Area.SENTRY).jcc(NOT_ZERO, asleep);
        emitFutex(a, 0, Area.SENTRY);
        a.bind(asleep).store32(RBX, Area.STUB_SLEEPS, 0);
        a.cmp32(RBX, Area.WORD, Area.STUB).jcc(NOT_ZERO, sleep);
    }

    /** futex(2) on WORD, the first word of the area. */
    private static void emitFutex(Assembler a, int operation, int value) {
        a.mov(RDI, RBX).mov(RSI, operation).mov(RDX, value).xor(R10, R10);
        a.mov(RAX, Nr.FUTEX).syscall();
    }

    /** Loads everything from the area at rbx, the FPU if {@link Area#ORDER} says so. */
    private void emitResume(Assembler a) {
        Label loaded = new Label();
        a.bind(load).load(RDX, RBX, Area.FS_BASE).wrfsbase(RDX);
        a.load(RDX, RBX, Area.GS_BASE).wrgsbase(RDX);
        a.cmp(RCX, Area.LOAD_ALL).jcc(NOT_ZERO, loaded);
        emitLoadFpu(a, Area.FPU_AT);
        a.bind(loaded).lea(RSP, RBX, Area.STACK_END);
        a.bind(windowStart).cmp32(RBX, Area.INTERRUPT, 0).jcc(NOT_ZERO, interrupted);
        a.push(SS).push(RBX, RSP_AT).push(RBX, EFLAGS_AT).push(CS).push(RBX, RIP_AT);
        emitLoad(a, Area.REGISTERS);
        a.iretq().bind(windowEnd);
        a.bind(interrupted).store32(RBX, Area.KIND, Area.TURNED_BACK).jmp(handOver);
    }

    // ---- the master

    /** rt_sigaction(2) for all of {@link #SIGNALS}; every clone inherits them. */
    @Override
    public void emitInMaster(Assembler a) {
        Label action = new Label();
        Label after = new Label();
        for (int signal : SIGNALS) {
            a.mov(RDI, signal).lea(RSI, action).xor(RDX, RDX).mov(R10, 8);
            a.mov(RAX, Nr.RT_SIGACTION).syscall();
        }
        a.jmp(after).align(8).bind(action);
        a.int64(handler()).int64(ACTION_FLAGS).int64(handler()).int64(0).bind(after);
    }

    @Override
    public int guestVerdict() {
        return SeccompFilter.RET_TRAP;
    }

    /** futex(2) to wait and to wake on areas, and sigaltstack(2): they hurt who misuses them. */
    @Override
    public void addOpenCalls(SeccompFilter f, Label allow) {
        Label no = new Label();
        f.load(SeccompFilter.NR).ifEqual(Nr.SIGALTSTACK, allow).ifNotEqual(Nr.FUTEX, no);
        f.load(SeccompFilter.argumentLow(1)).ifAboveOrEqual(2, no);
        f.load(SeccompFilter.argumentHigh(0)).ifEqual((int) (AREAS >>> 32), allow);
        f.bind(no);
    }

    @Override
    public long guestEnd() {
        return TRAMPOLINES;
    }
}
