package stasis.kernel.syscall;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.RestartException;
import stasis.kernel.task.Task;

import java.util.function.Consumer;

/** {@code --strace}: a line for every call, with the raw arguments. */
public final class Strace {
    private final Consumer<String> out;

    public Strace(Consumer<String> out) {
        this.out = out;
    }

    void entering(Task task, long number, SyscallTable.@Nullable Line line, SyscallArgs a) {
        if (line == null || line.handler() != null) return;
        out.accept(who(task) + line.name() + " is not there: " + line.note());
    }

    void leaving(Task task, SyscallTable.@Nullable Line line, SyscallArgs a, long result) {
        String name = line == null ? "?" : line.name();
        String args = String.format("%x, %x, %x, %x, %x, %x", a.a0, a.a1, a.a2, a.a3, a.a4, a.a5);
        out.accept(who(task) + name + "(" + args + ") = " + result(result));
    }

    void interrupted(Task task, SyscallTable.@Nullable Line line, RestartException e) {
        out.accept(who(task) + (line == null ? "?" : line.name()) + " ... " + e.kind());
    }

    private static String result(long result) {
        if (result == SyscallHandler.REGISTERS_SET) return "(registers)";
        Errno errno = result < 0 && result > -4096 ? Errno.of((int) -result) : null;
        return errno == null ? "0x" + Long.toHexString(result) : "-" + errno;
    }

    private static String who(Task task) {
        return "[pid " + task.pid() + " tid " + task.tid() + "] ";
    }
}
