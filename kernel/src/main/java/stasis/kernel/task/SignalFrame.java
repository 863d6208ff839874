package stasis.kernel.task;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import stasis.abi.ErrnoException;
import stasis.arch.Registers;
import stasis.kernel.signal.SignalAction;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.signal.SignalStack;

import java.lang.foreign.MemorySegment;

/**
 * What a signal handler finds on its stack and sigreturn(2) takes off again, {@code struct
 * rt_sigframe} of {@code arch/x86/include/asm/sigframe.h}:
 *
 * <pre>
 * offset  size  field
 *      0     8  pretcode     return address: sa_restorer
 *      8   304  uc           struct ucontext:
 *      8     8    uc_flags
 *     16     8    uc_link
 *     24    24    uc_stack   ss_sp, ss_flags, ss_size
 *     48   256    uc_mcontext: r8..r15 rdi rsi rbp rbx rdx rax rcx rsp rip eflags,
 *                 cs gs fs ss (2 each), err, trapno, oldmask, cr2, fpstate, reserved
 *    304     8    uc_sigmask
 *    312   128  info         siginfo_t
 *    440        sizeof
 * </pre>
 *
 * Above it, 64-byte aligned, the XSAVE area with Linux's {@code _fpx_sw_bytes} at 464 and
 * FP_XSTATE_MAGIC2 behind it.
 */
final class SignalFrame {
    private static final int BYTES = 440;
    private static final int UC = 8;
    private static final int STACK = UC + 16;
    private static final int MCONTEXT = UC + 40;
    private static final int SELECTORS = MCONTEXT + 144;
    private static final int ERR = MCONTEXT + 152;
    private static final int FPSTATE = MCONTEXT + 184;
    private static final int SIGMASK = UC + 296;
    private static final int INFO = UC + 304;

    /** UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS. */
    private static final long UC_FLAGS = 7;

    private static final long RED_ZONE = 128;
    private static final int XSAVE_SW = 464;
    private static final int MAGIC1 = 0x46505853;
    private static final int MAGIC2 = 0x46505845;

    /** The processor's page fault, trap number 14. */
    private static final long TRAP_PAGE_FAULT = 14;

    /** DF, TF and RF, which a handler starts without. */
    private static final long CLEARED_FLAGS = 0x10500;

    /** What user code may change of the flags. */
    private static final long USER_FLAGS = 0x50dd5;

    private static final int[] GENERAL = {
        Registers.R8, Registers.R9, Registers.R10, Registers.R11, Registers.R12, Registers.R13,
        Registers.R14, Registers.R15, Registers.RDI, Registers.RSI, Registers.RBP, Registers.RBX,
        Registers.RDX, Registers.RAX, Registers.RCX, Registers.RSP, Registers.RIP, Registers.EFLAGS
    };

    private SignalFrame() {}

    /** Stores the frame and points the registers at the handler; false if the stack is bad. */
    static boolean push(Task task, SignalInfo info, SignalAction action) {
        Registers r = task.registers();
        long rsp = r.get(Registers.RSP);
        SignalStack alt = task.signalStack();
        boolean onAlt = alt.contains(rsp);
        long sp = rsp - RED_ZONE;
        if (action.onStack() && alt.enabled() && !onAlt) sp = alt.addr() + alt.size();
        int fpuBytes = r.fpuBytes();
        long fpu = (sp - fpuBytes - 4) & -64;
        long frame = ((fpu - BYTES) & -16) - 8;
        if (onAlt && !alt.contains(frame)) return false;

        MemorySegment m = task.buffer(BYTES + fpuBytes + 4);
        m.asSlice(0, BYTES).fill((byte) 0);
        fill(task, m, info, action, fpu, rsp);
        try {
            storeFpu(task, m, fpu, fpuBytes);
            task.memory().write(frame, m, 0, BYTES);
        } catch (ErrnoException e) {
            return false;
        }
        if ((alt.flags() & SignalStack.AUTODISARM) != 0) task.setSignalStack(SignalStack.none());
        enter(r, info.signo(), action, frame);
        return true;
    }

    private static void fill(
            Task task, MemorySegment m, SignalInfo info, SignalAction action, long fpu, long rsp) {
        Registers r = task.registers();
        m.set(JAVA_LONG_UNALIGNED, 0, action.restorer());
        m.set(JAVA_LONG_UNALIGNED, UC, UC_FLAGS);
        SignalStack alt = task.signalStack();
        m.set(JAVA_LONG_UNALIGNED, STACK, alt.addr());
        int flags = alt.contains(rsp) ? SignalStack.ON_STACK : alt.flags();
        m.set(JAVA_INT_UNALIGNED, STACK + 8, flags);
        m.set(JAVA_LONG_UNALIGNED, STACK + 16, alt.size());
        for (int i = 0; i < GENERAL.length; i++) {
            m.set(JAVA_LONG_UNALIGNED, MCONTEXT + 8L * i, r.get(GENERAL[i]));
        }
        m.set(JAVA_SHORT_UNALIGNED, SELECTORS, (short) r.get(Registers.CS));
        m.set(JAVA_SHORT_UNALIGNED, SELECTORS + 6, (short) r.get(Registers.SS));
        if (info.addr() != 0 && info.code() > 0) {
            m.set(JAVA_LONG_UNALIGNED, ERR, 4L);
            m.set(JAVA_LONG_UNALIGNED, ERR + 8, TRAP_PAGE_FAULT);
            m.set(JAVA_LONG_UNALIGNED, ERR + 24, info.addr());
        }
        long mask = task.takeFrameMask();
        m.set(JAVA_LONG_UNALIGNED, ERR + 16, mask);
        m.set(JAVA_LONG_UNALIGNED, FPSTATE, fpu);
        m.set(JAVA_LONG_UNALIGNED, SIGMASK, mask);
        info.write(m, INFO);
    }

    private static void storeFpu(Task task, MemorySegment m, long fpu, int bytes)
            throws ErrnoException {
        Registers r = task.registers();
        MemorySegment area = m.asSlice(BYTES, bytes + 4L);
        MemorySegment.copy(r.fpu(), 0, area, 0, bytes);
        long features = area.get(JAVA_LONG_UNALIGNED, XSAVE_SW);
        area.asSlice(XSAVE_SW, 48).fill((byte) 0);
        area.set(JAVA_INT_UNALIGNED, XSAVE_SW, MAGIC1);
        area.set(JAVA_INT_UNALIGNED, XSAVE_SW + 4, bytes + 4);
        area.set(JAVA_LONG_UNALIGNED, XSAVE_SW + 8, features);
        area.set(JAVA_INT_UNALIGNED, XSAVE_SW + 16, bytes);
        area.set(JAVA_INT_UNALIGNED, bytes, MAGIC2);
        task.memory().write(fpu, area, 0, bytes + 4L);
    }

    private static void enter(Registers r, int signo, SignalAction action, long frame) {
        r.set(Registers.RSP, frame);
        r.set(Registers.RIP, action.handler());
        r.set(Registers.RDI, signo);
        r.set(Registers.RSI, frame + INFO);
        r.set(Registers.RDX, frame + UC);
        r.set(Registers.RAX, 0);
        r.set(Registers.ORIG_RAX, -1);
        r.set(Registers.EFLAGS, r.get(Registers.EFLAGS) & ~CLEARED_FLAGS);
    }

    /** sigreturn(2): registers, FPU, mask and alternate stack as the frame at RSP - 8 says. */
    static void pop(Task task) throws ErrnoException {
        Registers r = task.registers();
        long frame = r.get(Registers.RSP) - 8;
        MemorySegment m = task.buffer(BYTES + Registers.FPU_MAX_BYTES);
        task.memory().read(frame, m, 0, INFO);
        long fpu = m.get(JAVA_LONG_UNALIGNED, FPSTATE);
        if (fpu != 0) loadFpu(task, m, fpu);
        else r.fpuChanged(0);
        for (int i = 0; i < GENERAL.length; i++) {
            r.set(GENERAL[i], m.get(JAVA_LONG_UNALIGNED, MCONTEXT + 8L * i));
        }
        r.set(Registers.EFLAGS, (r.get(Registers.EFLAGS) & USER_FLAGS) | 0x202);
        r.set(Registers.ORIG_RAX, -1);
        task.setSignalMask(m.get(JAVA_LONG_UNALIGNED, SIGMASK));
        restoreStack(task, m);
    }

    /** The size is the host's, never the frame's word. */
    private static void loadFpu(Task task, MemorySegment m, long fpu) throws ErrnoException {
        Registers r = task.registers();
        int bytes = task.machine().platform().fpuBytes();
        task.memory().read(fpu, m, BYTES, bytes);
        MemorySegment.copy(m, BYTES, r.fpu(), 0, bytes);
        boolean extended = m.get(JAVA_INT_UNALIGNED, BYTES + (long) XSAVE_SW) == MAGIC1;
        // Without the magic only the legacy area is meant: x87 and SSE.
        if (!extended) {
            r.fpu().asSlice(512, bytes - 512L).fill((byte) 0);
            r.fpu().set(JAVA_LONG_UNALIGNED, 512, 3L);
        }
        long features = task.machine().platform().fpuFeatures();
        r.fpu().set(JAVA_LONG_UNALIGNED, XSAVE_SW, features);
        r.fpuChanged(bytes);
    }

    private static void restoreStack(Task task, MemorySegment m) {
        long addr = m.get(JAVA_LONG_UNALIGNED, STACK);
        int flags = m.get(JAVA_INT_UNALIGNED, STACK + 8);
        long size = m.get(JAVA_LONG_UNALIGNED, STACK + 16);
        int kept = flags & (SignalStack.AUTODISARM | SignalStack.DISABLE);
        if ((kept & SignalStack.DISABLE) != 0) task.setSignalStack(SignalStack.none());
        else task.setSignalStack(new SignalStack(addr, size, kept));
    }
}
