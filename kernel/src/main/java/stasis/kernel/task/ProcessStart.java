package stasis.kernel.task;

import org.jspecify.annotations.Nullable;

import stasis.abi.SyscallException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.signal.SignalActions;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.platform.PlatformException;

import java.util.List;

/** Processes that no guest has forked: the first one, and those of {@code stasis exec}. */
public final class ProcessStart {
    private ProcessStart() {}

    /**
     * @param path of the program, found already
     * @param stdio descriptors 0, 1, 2 and on; null leaves a gap. The process takes the references
     * @param terminal becomes the controlling terminal, or null
     */
    public record Spec(
            String path,
            List<String> argv,
            List<String> envp,
            Credentials credentials,
            ResourceLimits limits,
            List<@Nullable FileDescription> stdio,
            @Nullable ControllingTerminal terminal) {}

    /**
     * A new session with one process that is about to run {@code program}; start its leader to set
     * it going.
     *
     * @throws SyscallException as execve(2) would
     */
    public static Task create(Machine machine, FsContext fs, FileDescription program, Spec spec)
            throws SyscallException, PlatformException {
        TaskSet tasks = machine.tasks();
        MemoryMap mm = new MemoryMap(machine.platform(), machine.memory());
        Task task;
        try (var _ = tasks.lock().hold()) {
            int pid = tasks.allocatePidLocked();
            ThreadGroup group = new ThreadGroup(pid, new SignalActions(), spec.limits());
            task = new Task(machine, pid, group, mm, new FdTable(), fs, spec.credentials());
            group.leader = task;
            group.tasks.add(task);
            group.startNanos = machine.clock().now();
            tasks.addLocked(group);
            tasks.addLocked(task);
            Jobs.newSessionLocked(tasks, group);
            ControllingTerminal terminal = spec.terminal();
            group.session().setTerminal(terminal);
            if (terminal != null) terminal.ownedByLocked(group.session(), pid);
        }
        try {
            int fd = 0;
            for (FileDescription f : spec.stdio()) {
                if (f != null) task.fdTable().replace(task, fd, f, false);
                fd++;
            }
            TaskExec.exec(task, program, spec.path(), spec.argv(), spec.envp());
            return task;
        } catch (SyscallException e) {
            abandon(task);
            throw e;
        }
    }

    private static void abandon(Task task) {
        TaskSet tasks = task.machine().tasks();
        task.mm().leave(task);
        task.fdTable().leave(task);
        try (var _ = tasks.lock().hold()) {
            task.group().tasks.remove(task);
            task.ended = true;
            task.group().setZombie();
            tasks.removeGroupLocked(task.group());
        }
    }
}
