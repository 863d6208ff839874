package stasis.kernel.task;

import static stasis.abi.Errno.E2BIG;
import static stasis.abi.Errno.EINTR;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Mman.MAP_SHARED;
import static stasis.abi.Mman.PROT_EXEC;
import static stasis.abi.Mman.PROT_READ;
import static stasis.abi.Resource.RLIMIT_STACK;
import static stasis.abi.Signal.SIGSEGV;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.arch.Registers;
import stasis.kernel.auth.Credentials;
import stasis.kernel.loader.ElfLoader;
import stasis.kernel.loader.Program;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.mm.Mmap;
import stasis.kernel.mm.UserMemory;
import stasis.kernel.signal.SignalStack;
import stasis.kernel.vdso.VdsoPages;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.platform.PlatformException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** execve(2). */
public final class TaskExec {
    private static final long S_ISUID = 04000;
    private static final long S_ISGID = 02010;

    private TaskExec() {}

    /**
     * Replaces the calling process's program.
     *
     * @param opened the file, whose reference this call takes
     * @throws ErrnoException as long as the old program can go on; later failures kill the process
     */
    public static void exec(
            Task task, FileDescription opened, String path, List<String> argv, List<String> envp)
            throws SyscallException {
        checkSize(task, argv, envp);
        List<String> args = argv.isEmpty() ? List.of("") : argv;
        Program program = ElfLoader.find(task, task.vfs(), task.fs(), opened, path, args, envp);
        ElfLoader.Checked checked;
        try {
            checked = ElfLoader.check(task, task.vfs(), task.fs(), program);
        } catch (SyscallException e) {
            program.file().release(task);
            throw e;
        }
        try {
            becomeOnlyTask(task);
            replace(task, program, checked);
        } finally {
            checked.release(task);
        }
    }

    /** execve(2): a quarter of the stack limit, and 128 KiB for one string. */
    private static void checkSize(Task task, List<String> argv, List<String> envp)
            throws ErrnoException {
        long limit = task.limits().soft(RLIMIT_STACK) >>> 2;
        long most = Math.max(128 << 10, Math.min(limit, 6L << 20));
        long sum = 0;
        for (List<String> list : List.of(argv, envp)) {
            for (String s : list) {
                if (s.length() >= 128 << 10) throw E2BIG.exception();
                sum += s.length() + 1 + 8;
            }
        }
        if (sum > most) throw E2BIG.exception();
    }

    /** The other threads end; this one takes the leader's place. */
    private static void becomeOnlyTask(Task task) throws ErrnoException {
        ThreadGroup group = task.group();
        TaskSet tasks = task.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            if (group.exiting || group.execing != null) throw EINTR.exception();
            if (group.tasks.size() == 1 && group.leader == task) return;
            group.execing = task;
            for (Task t : group.tasks) {
                if (t == task) continue;
                t.killed = true;
                t.attend();
            }
        }
        tasks.recheckParked();
        for (; ; ) {
            try (var _ = tasks.lock().hold()) {
                if (group.tasks.size() == 1) {
                    group.execing = null;
                    takeOverLocked(tasks, group, task);
                    return;
                }
                if (group.exiting) {
                    group.execing = null;
                    throw EINTR.exception();
                }
            }
            LockSupport.park(task);
        }
    }

    private static void takeOverLocked(TaskSet tasks, ThreadGroup group, Task task) {
        if (group.leader == task) return;
        tasks.removeTaskLocked(group.leader);
        tasks.renumberLocked(task, group.pid());
        group.leader = task;
    }

    /** From here on a failure is fatal. */
    private static void replace(Task task, Program program, ElfLoader.Checked checked)
            throws SyscallException {
        Machine machine = task.machine();
        MemoryMap mm = newMap(task, program);
        RobustList.release(task);
        TaskExit.clearTid(task);
        MemoryMap old = task.mm();
        try (var _ = machine.tasks().lock().hold()) {
            task.setMm(mm);
        }
        old.leave(task);
        mm.setExecutable(program.file());
        try (var _ = machine.tasks().lock().hold()) {
            TaskExit.endVforkLocked(task);
        }
        boolean secure = changeCredentials(task, program);
        resetProcess(task, program);
        Registers r = task.registers();
        machine.platform().reset(r);
        try {
            ElfLoader.Start start =
                    ElfLoader.load(
                            task,
                            mm,
                            task.memory(),
                            program,
                            checked,
                            m -> mapVdso(task, m),
                            secure,
                            machine.platform().fpuBytes(),
                            machine.hwcap());
            r.set(Registers.RIP, start.entry());
            r.set(Registers.RSP, start.stackPointer());
        } catch (SyscallException e) {
            TaskExit.exitGroup(task.group(), SIGSEGV);
        }
    }

    private static MemoryMap newMap(Task task, Program program) throws ErrnoException {
        try {
            return task.mm().successor();
        } catch (PlatformException e) {
            program.file().release(task);
            throw ENOMEM.exception();
        }
    }

    private static long mapVdso(Task task, MemoryMap mm) throws ErrnoException {
        VdsoPages pages = task.machine().vdso().pages();
        int prot = PROT_READ | PROT_EXEC;
        long at = Mmap.mapSpecial(task, mm, pages.bytes(), prot, MAP_SHARED, pages, "[vdso]");
        return at + stasis.arch.Pages.SIZE;
    }

    /** execve(2): set-user-ID and capabilities; true if the program gained something. */
    private static boolean changeCredentials(Task task, Program program) {
        Credentials c = task.credentials();
        Inode inode = program.file().inode();
        int mode = inode.mode();
        int euid = c.euid();
        int egid = c.egid();
        if (!c.noNewPrivs()) {
            if ((mode & S_ISUID) != 0) euid = inode.uid();
            if ((mode & S_ISGID) == S_ISGID) egid = inode.gid();
        }
        long permitted = c.ambient();
        long effective = c.ambient();
        if (euid == 0 || c.uid() == 0) {
            permitted = c.inheritable() | c.bounding();
            effective = euid == 0 ? permitted : c.ambient();
        }
        boolean gained = euid != c.uid() || egid != c.gid();
        Credentials changed =
                c.with(c.uids().becoming(euid), c.gids().becoming(egid))
                        .withCapabilities(
                                permitted,
                                effective,
                                c.inheritable(),
                                c.bounding(),
                                gained ? 0 : c.ambient());
        task.setCredentials(changed);
        return gained;
    }

    private static void resetProcess(Task task, Program program) {
        ThreadGroup group = task.group();
        if (task.fdTable().shared()) {
            var copy = task.fdTable().copy();
            task.fdTable().leave(task);
            task.setFdTable(copy);
        }
        task.fdTable().closeOnExec(task);
        try (var _ = task.machine().tasks().lock().hold()) {
            group.actions = group.actions.copy();
            group.actions.resetHandlers();
            for (PosixTimer t : group.timers) t.deleteLocked();
            group.timers.clear();
            group.hasExeced = true;
            group.dumpable = 1;
        }
        task.setSignalStack(SignalStack.none());
        task.clearChildTid = 0;
        task.robustList = 0;
        task.setName(baseName(program.path()));
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** For the kernel's own use: the strings of a vector in guest memory. */
    public static List<String> strings(UserMemory memory, long addr) throws ErrnoException {
        List<String> list = new ArrayList<>();
        if (addr == 0) return list;
        long total = 0;
        for (long at = addr; ; at += 8) {
            long s = memory.readLong(at);
            if (s == 0) return list;
            String text = readArgument(memory, s);
            total += text.length() + 9;
            if (total > 6L << 20) throw E2BIG.exception();
            list.add(text);
        }
    }

    private static String readArgument(UserMemory memory, long addr) throws ErrnoException {
        try {
            return memory.readString(addr, 128 << 10);
        } catch (ErrnoException e) {
            if (e.errno() == stasis.abi.Errno.ENAMETOOLONG) throw E2BIG.exception();
            throw e;
        }
    }
}
