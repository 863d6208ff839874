package stasis.kernel.syscall;

import static stasis.abi.Errno.ENOSYS;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.abi.SyscallException;
import stasis.arch.Registers;
import stasis.kernel.task.SyscallEntry;
import stasis.kernel.task.Task;

/**
 * From registers to a handler and back. The one place where an errno becomes a negative result, and
 * where an interrupted call is handed to the signal path.
 */
public final class SyscallDispatch implements SyscallEntry {
    private final SyscallTable table;
    private final @Nullable Strace strace;
    private final ThreadLocal<SyscallArgs> args = ThreadLocal.withInitial(SyscallArgs::new);

    /**
     * @param strace told of every call, or null
     */
    public SyscallDispatch(SyscallTable table, @Nullable Strace strace) {
        this.table = table;
        this.strace = strace;
    }

    public SyscallTable table() {
        return table;
    }

    @Override
    public void call(Task task) {
        Registers r = task.registers();
        long number = r.get(Registers.ORIG_RAX);
        SyscallArgs a = args.get();
        a.a0 = r.get(Registers.RDI);
        a.a1 = r.get(Registers.RSI);
        a.a2 = r.get(Registers.RDX);
        a.a3 = r.get(Registers.R10);
        a.a4 = r.get(Registers.R8);
        a.a5 = r.get(Registers.R9);
        SyscallTable.Line line = table.line(number);
        SyscallHandler handler = line == null ? null : line.handler();
        Strace s = strace;
        if (s != null) s.entering(task, number, line, a);
        long result;
        try {
            result = handler == null ? -ENOSYS.number() : handler.run(task, a);
        } catch (SyscallException e) {
            // A switch over types would cost 5 ms at its first use.
            if (e instanceof RestartException restart) {
                task.interruptCall(restart.kind());
                if (s != null) s.interrupted(task, line, restart);
                return;
            }
            result = -((ErrnoException) e).errno().number();
        }
        if (s != null) s.leaving(task, line, a, result);
        if (result == SyscallHandler.REGISTERS_SET) return;
        r.set(Registers.RAX, result);
        r.set(Registers.ORIG_RAX, -1);
    }
}
