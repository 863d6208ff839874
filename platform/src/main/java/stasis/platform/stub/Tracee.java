package stasis.platform.stub;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import stasis.arch.Registers;
import stasis.host.Host;
import stasis.host.Nr;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One stub thread, stopped except within a method, and the buffers for it. Every method but {@link
 * #kick} is for the Java thread that seized it: the host refuses all others.
 *
 * <p>ESRCH means that a SIGKILL has taken the thread out of its stop, which can happen to any
 * request at any time.
 */
public final class Tracee {
    private static final int PEEKUSER = 3;
    private static final int POKEUSER = 6;
    private static final int CONT = 7;
    private static final int GETREGS = 12;
    private static final int SETREGS = 13;
    private static final int DETACH = 17;
    private static final int SETOPTIONS = 0x4200;
    private static final int GETSIGINFO = 0x4202;
    private static final int GETREGSET = 0x4204;
    private static final int SETREGSET = 0x4205;
    private static final int SEIZE = 0x4206;
    private static final int INTERRUPT = 0x4207;
    private static final int SETSIGMASK = 0x420b;

    /** PTRACE_O_TRACESYSGOOD, TRACESECCOMP, EXITKILL. */
    private static final int OPTIONS = 0x1 | 0x80 | 0x100000;

    private static final int NT_X86_XSTATE = 0x202;
    private static final int WALL = 0x4000_0000;
    private static final int SIGTRAP = 5;

    /** The harmless signal: nobody else sends it to a stub, and untraced stubs ignore it. */
    public static final int SIGURG = 23;

    public static final int EVENT_SECCOMP = 7;

    public final int tgid;
    public final int tid;

    private final StubCode code;
    private final StubSecrets secrets;
    private final Arena arena = Arena.ofConfined();

    /** 0: wait status; 16: iovec; 32: siginfo; 160: a word for PEEKUSER and SETSIGMASK. */
    private final MemorySegment scratch = arena.allocate(176, 16);

    private final long scratchAddr = scratch.address();

    /** Registers of an injected call. */
    private final MemorySegment injected = arena.allocate(Registers.GENERAL_BYTES, 16);

    private Tracee(int tgid, int tid, StubCode code, StubSecrets secrets) {
        this.tgid = tgid;
        this.tid = tid;
        this.code = code;
        this.secrets = secrets;
    }

    /** Makes the calling thread the owner of a thread that pauses, or will soon, and stops it. */
    public static Tracee seize(int tgid, int tid, StubCode code, StubSecrets secrets)
            throws StubDiedException {
        alive(Host.ptrace(SEIZE, tid, 0, OPTIONS));
        Tracee tracee = new Tracee(tgid, tid, code, secrets);
        Host.ptrace(INTERRUPT, tid, 0, 0); // if it died meanwhile, the wait says so
        tracee.await();
        return tracee;
    }

    /** The master, which has said TRACEME: runs it until it is ready. */
    public static Tracee master(int pid, StubCode code, StubSecrets secrets)
            throws StubDiedException {
        Tracee tracee = new Tracee(pid, pid, code, secrets);
        for (; ; ) {
            int status = tracee.await();
            if (signal(status) == SIGTRAP) break;
            tracee.resume();
        }
        tracee.scratch.set(JAVA_LONG, 160, 0);
        alive(Host.ptrace(SETOPTIONS, pid, 0, OPTIONS));
        alive(Host.ptrace(SETSIGMASK, pid, 8, tracee.scratchAddr + 160));
        return tracee;
    }

    public static int signal(int status) {
        return status >> 8 & 0xff;
    }

    public static int event(int status) {
        return status >>> 16;
    }

    private static void alive(long result) throws StubDiedException {
        if (result < 0) throw StubDiedException.DIED;
    }

    // ---- what a context does

    /** Waits until it stops; the status of wait(2). Throws when it has ended, and is reaped. */
    public int await() throws StubDiedException {
        if (Host.waitpid(tid, scratchAddr, WALL) != tid) throw StubDiedException.DIED;
        int status = scratch.get(JAVA_INT, 0);
        if ((status & 0xff) != 0x7f) throw StubDiedException.DIED;
        return status;
    }

    /** Goes on without a signal. */
    public void resume() throws StubDiedException {
        alive(Host.ptrace(CONT, tid, 0, 0));
    }

    public void getRegisters(MemorySegment to) throws StubDiedException {
        alive(Host.ptrace(GETREGS, tid, 0, to.address()));
    }

    /** False if the host does not accept a value. */
    public boolean setRegisters(MemorySegment from) throws StubDiedException {
        long result = Host.ptrace(SETREGS, tid, 0, from.address());
        if (result == -5) return false; // EIO
        alive(result);
        return true;
    }

    public void setRegister(int register, long value) throws StubDiedException {
        alive(Host.ptrace(POKEUSER, tid, register, value));
    }

    /** {@code siginfo_t} of the signal it stopped for; valid until the next call. */
    public MemorySegment siginfo() throws StubDiedException {
        alive(Host.ptrace(GETSIGINFO, tid, 0, scratchAddr + 32));
        return scratch.asSlice(32, 128);
    }

    /** Returns the bytes filled. */
    public int getFpu(MemorySegment to) throws StubDiedException {
        setVector(to, to.byteSize());
        alive(Host.ptrace(GETREGSET, tid, NT_X86_XSTATE, scratchAddr + 16));
        return (int) scratch.get(JAVA_LONG, 24);
    }

    /** False if the host does not accept it. */
    public boolean setFpu(MemorySegment from, long bytes) throws StubDiedException {
        setVector(from, bytes);
        long result = Host.ptrace(SETREGSET, tid, NT_X86_XSTATE, scratchAddr + 16);
        if (result == -22 || result == -14) return false; // EINVAL, EFAULT
        alive(result);
        return true;
    }

    private void setVector(MemorySegment area, long bytes) {
        scratch.set(JAVA_LONG, 16, area.address());
        scratch.set(JAVA_LONG, 24, bytes);
    }

    /** Any thread. Makes a running thread stop; one that stopped or ended does not mind. */
    public void kick() {
        Host.tgkill(tgid, tid, SIGURG);
    }

    // ---- injected calls; afterwards all its registers are another's

    /** Makes one host call in the stub; its result or -errno. */
    public long call(long nr, long rdi, long rsi, long rdx, int r10, int r8, long r9)
            throws StubDiedException {
        prepare(code.one, nr, rdi, rsi, rdx, r10, r8, r9);
        return runToTrap();
    }

    /** mmap(2), MAP_SHARED and MAP_FIXED; where, or -errno. */
    public long mapShared(int fd, long addr, long length, int access, long offset)
            throws StubDiedException {
        return call(Nr.MMAP, addr, length, access, StubCode.MAP_SHARED_FIXED, fd, offset);
    }

    /** Makes a paused, untraced stub thread or process; its id or -errno. */
    public int cloneStub(int flags, int parentsParent) throws StubDiedException {
        prepare(code.clone, Nr.CLONE, flags, 0, 0, 0, 0, 0);
        injected.set(JAVA_LONG, Registers.R13, parentsParent);
        return (int) runToTrap();
    }

    /**
     * Makes an untraced thread that starts with r14; its id or -errno.
     *
     * @param entry code that makes the call, and traps in the parent
     */
    public int spawnThread(long entry, long r14) throws StubDiedException {
        prepare(entry, Nr.CLONE, StubCode.CLONE_THREAD, 0, 0, 0, 0, 0);
        injected.set(JAVA_LONG, Registers.R14, r14);
        return (int) runToTrap();
    }

    /** Runs the first {@code n} calls of the table. The first failure's -errno, or 0. */
    public long batch(int n) throws StubDiedException {
        prepare(code.batch, 0, 0, 0, 0, StubCode.MAP_SHARED_FIXED, 0, 0);
        injected.set(JAVA_LONG, Registers.R13, secrets.r8(0));
        injected.set(JAVA_LONG, Registers.R15, StubCode.TABLE);
        injected.set(JAVA_LONG, Registers.R14, n);
        long result = runToTrap();
        return Host.failed(result) ? result : 0;
    }

    /** Lets it pause, untraced, for another owner. If it succeeds this object is of no use. */
    public void detach() throws StubDiedException {
        prepare(code.park, 0, 0, 0, 0, 0, 0, 0);
        if (!setRegisters(injected)) throw StubDiedException.DIED;
        alive(Host.ptrace(DETACH, tid, 0, 0));
        arena.close();
    }

    /** Ends this thread and reaps it. This object is of no use afterwards. */
    public void exit() {
        prepare(code.one, Nr.EXIT, 0, 0, 0, 0, 0, 0);
        Host.ptrace(SETREGS, tid, 0, injected.address()); // ESRCH: dying already
        Host.ptrace(CONT, tid, 0, 0);
        reap();
    }

    /** After a SIGKILL: waits for its end. This object is of no use afterwards. */
    public void reap() {
        while (Host.waitpid(tid, scratchAddr, WALL) == tid) {
            if ((scratch.get(JAVA_INT, 0) & 0xff) != 0x7f) break;
            Host.ptrace(CONT, tid, 0, 0);
        }
        arena.close();
    }

    private void prepare(
            long rip, long nr, long rdi, long rsi, long rdx, int r10, int r8, long r9) {
        injected.fill((byte) 0);
        injected.set(JAVA_LONG, Registers.RIP, rip);
        injected.set(JAVA_LONG, Registers.RAX, nr);
        injected.set(JAVA_LONG, Registers.RDI, rdi);
        injected.set(JAVA_LONG, Registers.RSI, rsi);
        injected.set(JAVA_LONG, Registers.RDX, rdx);
        injected.set(JAVA_LONG, Registers.R10, secrets.r10(r10));
        injected.set(JAVA_LONG, Registers.R8, secrets.r8(r8));
        injected.set(JAVA_LONG, Registers.R9, r9);
        injected.set(JAVA_LONG, Registers.ORIG_RAX, -1);
        injected.set(JAVA_LONG, Registers.CS, UserRegisters.CS);
        injected.set(JAVA_LONG, Registers.SS, UserRegisters.SS);
        injected.set(JAVA_LONG, Registers.EFLAGS, UserRegisters.EFLAGS);
    }

    private long runToTrap() throws StubDiedException {
        if (!setRegisters(injected)) throw StubDiedException.DIED;
        for (; ; ) {
            resume();
            int status = await();
            if (status == (SIGTRAP << 8 | 0x7f)) break;
            // A kick or a group stop: go on. Anything else cannot happen, and must not loop.
            if (event(status) == EVENT_SECCOMP || UserRegisters.isFatal(signal(status))) {
                if (event(status) != 128) throw StubDiedException.DIED;
            }
        }
        alive(Host.ptrace(PEEKUSER, tid, Registers.RAX, scratchAddr + 160));
        return scratch.get(JAVA_LONG, 160);
    }
}
