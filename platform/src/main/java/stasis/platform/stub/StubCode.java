package stasis.platform.stub;

import static stasis.arch.asm.Assembler.Condition.ABOVE_OR_EQUAL;
import static stasis.arch.asm.Assembler.Condition.NOT_ZERO;
import static stasis.arch.asm.Assembler.Condition.ZERO;
import static stasis.arch.asm.Reg.R10;
import static stasis.arch.asm.Reg.R13;
import static stasis.arch.asm.Reg.R14;
import static stasis.arch.asm.Reg.R15;
import static stasis.arch.asm.Reg.R8;
import static stasis.arch.asm.Reg.R9;
import static stasis.arch.asm.Reg.RAX;
import static stasis.arch.asm.Reg.RDI;
import static stasis.arch.asm.Reg.RDX;
import static stasis.arch.asm.Reg.RSI;

import stasis.arch.Pages;
import stasis.arch.asm.Assembler;
import stasis.arch.asm.ElfImage;
import stasis.arch.asm.Label;
import stasis.host.Nr;
import stasis.host.SeccompFilter;

import java.util.Arrays;

/**
 * All machine code of a stub.
 *
 * <pre>
 * 0x7fffffffd000   code: the entry points below           readable, executable; shared by all stubs
 * 0x7fffffffe000   table: 64 calls of 64 bytes            read-only; one page per address space,
 *                  {nr, rdi, rsi, rdx, r9, fd, -, -}      written by the sentry through its own map
 * </pre>
 */
public final class StubCode {
    public static final long CODE = 0x7fff_ffff_d000L;
    public static final long TABLE = CODE + 4096;

    /**
     * Lowest address that guests use, the same on every platform with stubs. What the host allows
     * below it is a platform's.
     */
    public static final long GUEST_START = 0x7_0000;

    /** First address that guests do not use, the same on every platform with stubs. */
    public static final long GUEST_END = 0x7ffe_0000_0000L;

    public static final int ENTRY_BYTES = 64;
    public static final int MAX_BATCH = 64;

    public static final int CLONE_PARENT = 0x8000;
    public static final int SIGCHLD = 17;

    /** Flags of a new address space: a child of the sentry, not of the stub. */
    public static final int CLONE_PROCESS = CLONE_PARENT | SIGCHLD;

    /** CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM */
    public static final int CLONE_THREAD = 0x50f00;

    public static final int MAP_SHARED_FIXED = 0x11;

    /** {@code syscall; int3}: one injected call. */
    public final long one;

    /** Pauses for ever. */
    public final long park;

    /** A clone: the parent traps, the child pauses. r13: the parent's parent, 0 for a thread. */
    public final long clone;

    /** r14 calls of the table at r15, r13 added to fd; stops at the first that fails. */
    public final long batch;

    /** Unmaps everything below the stub, then traps. */
    public final long init;

    public final byte[] page;

    private final StubExtension extension;

    public StubCode() {
        this(new StubExtension() {});
    }

    public StubCode(StubExtension extension) {
        this.extension = extension;
        Assembler a = new Assembler();
        one = CODE;
        a.syscall().int3().align(8);
        Label parked = new Label();
        park = CODE + a.size();
        a.bind(parked).mov(RAX, Nr.PAUSE).syscall().jmp(parked).align(8);
        clone = CODE + a.size();
        emitClone(a, parked);
        batch = CODE + a.align(8).size();
        emitBatch(a);
        init = CODE + a.align(8).size();
        a.xor(RDI, RDI).mov(RSI, CODE).mov(RAX, Nr.MUNMAP).syscall().int3();
        extension.emit(a.align(16));
        if (a.size() > Pages.SIZE) throw new IllegalStateException("stub of " + a.size());
        page = a.toBytes();
    }

    /** A child process dies with the sentry, even if that has died already. */
    private static void emitClone(Assembler a, Label parked) {
        Label child = new Label();
        a.syscall().test(RAX, RAX).jcc(ZERO, child).int3();
        a.bind(child).test(R13, R13).jcc(ZERO, parked);
        a.mov(RDI, 1).mov(RSI, 9).mov(RAX, Nr.PRCTL).syscall(); // PR_SET_PDEATHSIG, SIGKILL
        a.mov(RAX, Nr.GETPPID).syscall().cmp(RAX, R13).jcc(ZERO, parked);
        a.mov(RDI, 1).mov(RAX, Nr.EXIT_GROUP).syscall().int3();
    }

    private static void emitBatch(Assembler a) {
        Label next = new Label();
        Label end = new Label();
        a.bind(next).load(RAX, R15, 0).load(RDI, R15, 8).load(RSI, R15, 16);
        a.load(RDX, R15, 24).load(R9, R15, 32).load(R8, R15, 40).add(R8, R13).syscall();
        a.cmp(RAX, -4095).jcc(ABOVE_OR_EQUAL, end);
        a.add(R15, ENTRY_BYTES).dec(R14).jcc(NOT_ZERO, next).bind(end).int3();
    }

    /**
     * The master's program: ptrace(TRACEME), maps the two pages, closes every descriptor but those
     * that mappings need, installs the filter and leaves into {@link #init}. Nothing of this
     * program is mapped afterwards.
     */
    public byte[] master(StubSecrets secrets, int codeFd, int[] memoryFds, int tableFd) {
        Assembler a = new Assembler();
        Label program = new Label();
        a.xor(RDI, RDI).xor(RSI, RSI).xor(RDX, RDX).xor(R10, R10);
        a.mov(RAX, Nr.PTRACE).syscall();
        emitMap(a, CODE, 5, codeFd);
        emitMap(a, TABLE, 1, tableFd);
        int[] kept = Arrays.copyOf(memoryFds, memoryFds.length + 1);
        kept[memoryFds.length] = tableFd;
        emitCloseAllBut(a, kept);
        emitPrctl(a, 1, 9); // PR_SET_PDEATHSIG, SIGKILL
        emitPrctl(a, 38, 1); // PR_SET_NO_NEW_PRIVS
        extension.emitInMaster(a);
        byte[] filter = filter(secrets, memoryFds, tableFd).toBytes();
        a.mov(RDI, 1).xor(RSI, RSI).lea(RDX, program); // SECCOMP_SET_MODE_FILTER
        a.mov(RAX, Nr.SECCOMP).syscall();
        // If the filter was refused nothing may go on.
        Label good = new Label();
        a.test(RAX, RAX).jcc(ZERO, good).mov(RDI, 3).mov(RAX, Nr.EXIT_GROUP).syscall();
        a.bind(good).mov(R8, secrets.r8(0)).mov(R10, secrets.r10(0)).mov(RAX, init).jmp(RAX);
        a.align(8).bind(program).int64(filter.length / 8); // struct sock_fprog
        a.int64(ElfImage.ENTRY + a.size() + 8).bytes(filter);
        return ElfImage.of(a.toBytes());
    }

    private static void emitMap(Assembler a, long at, int access, int fd) {
        a.mov(RDI, at).mov(RSI, 4096).mov(RDX, access).mov(R10, MAP_SHARED_FIXED);
        a.mov(R8, fd).xor(R9, R9).mov(RAX, Nr.MMAP).syscall();
    }

    private static void emitCloseAllBut(Assembler a, int[] kept) {
        Arrays.sort(kept);
        int next = 0;
        for (int fd : kept) {
            emitCloseRange(a, next, fd - 1);
            next = fd + 1;
        }
        emitCloseRange(a, next, -1);
    }

    private static void emitCloseRange(Assembler a, int from, int to) {
        if (to != -1 && to < from) return;
        a.mov(RDI, from).mov(RSI, to & 0xffff_ffffL).xor(RDX, RDX);
        a.mov(RAX, Nr.CLOSE_RANGE).syscall();
    }

    private static void emitPrctl(Assembler a, int option, int value) {
        a.mov(RDI, option).mov(RSI, value).xor(RDX, RDX).xor(R10, R10).xor(R8, R8);
        a.mov(RAX, Nr.PRCTL).syscall();
    }

    /**
     * Calls of another kind (int 0x80, the vsyscall page) are SIGSYS, which says so. Those that do
     * not come from the stub's page are for the sentry, and the extension decides of those that do
     * without both secrets.
     */
    public SeccompFilter filter(StubSecrets secrets, int[] memoryFds, int tableFd) {
        Label trap = new Label();
        Label guest = new Label();
        Label open = new Label();
        Label allow = new Label();
        Label map = new Label();
        Label clone = new Label();
        Label file = new Label();
        SeccompFilter f = new SeccompFilter();
        f.load(SeccompFilter.ARCH).ifNotEqual(0xc000_003e, trap);
        f.load(SeccompFilter.IP_HIGH).ifEqual(-1, trap).ifNotEqual((int) (CODE >>> 32), guest);
        f.load(SeccompFilter.IP_LOW).and(-4096).ifNotEqual((int) CODE, guest);
        f.load(SeccompFilter.argumentHigh(4)).ifNotEqual(secrets.first(), open);
        f.load(SeccompFilter.argumentHigh(3)).ifNotEqual(secrets.second(), open);
        f.load(SeccompFilter.NR).ifEqual(Nr.MMAP, map).ifEqual(Nr.CLONE, clone);
        f.ifEqual(Nr.MUNMAP, allow).ifEqual(Nr.MPROTECT, allow).ifEqual(Nr.PAUSE, allow);
        f.ifEqual(Nr.EXIT, allow).ifEqual(Nr.EXIT_GROUP, allow).ifEqual(Nr.GETPPID, allow);
        f.ifNotEqual(Nr.PRCTL, guest).load(SeccompFilter.argumentLow(0)).ifEqual(1, allow);
        f.bind(guest).answer(extension.guestVerdict());
        f.bind(map).load(SeccompFilter.argumentLow(3)).ifEqual(MAP_SHARED_FIXED, file);
        f.answer(SeccompFilter.RET_KILL_PROCESS);
        f.bind(file).load(SeccompFilter.argumentLow(4));
        for (int fd : memoryFds) f.ifEqual(fd, allow);
        f.ifEqual(tableFd, allow);
        f.answer(SeccompFilter.RET_KILL_PROCESS);
        f.bind(clone).load(SeccompFilter.argumentLow(0));
        f.ifEqual(CLONE_PROCESS, allow).ifEqual(CLONE_THREAD, allow);
        f.answer(SeccompFilter.RET_KILL_PROCESS);
        f.bind(open);
        extension.addOpenCalls(f, allow);
        f.answer(extension.guestVerdict());
        f.bind(allow).answer(SeccompFilter.RET_ALLOW);
        f.bind(trap).answer(SeccompFilter.RET_TRAP);
        return f;
    }

    /** First address that must not be mapped for a guest. */
    public long guestEnd() {
        return extension.guestEnd();
    }
}
