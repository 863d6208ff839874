package stasis.kernel.task;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Resource.RLIMIT_NPROC;
import static stasis.abi.Sched.CLONE_CHILD_CLEARTID;
import static stasis.abi.Sched.CLONE_CHILD_SETTID;
import static stasis.abi.Sched.CLONE_CLEAR_SIGHAND;
import static stasis.abi.Sched.CLONE_FILES;
import static stasis.abi.Sched.CLONE_FS;
import static stasis.abi.Sched.CLONE_NEWCGROUP;
import static stasis.abi.Sched.CLONE_NEWIPC;
import static stasis.abi.Sched.CLONE_NEWNET;
import static stasis.abi.Sched.CLONE_NEWNS;
import static stasis.abi.Sched.CLONE_NEWPID;
import static stasis.abi.Sched.CLONE_NEWUSER;
import static stasis.abi.Sched.CLONE_NEWUTS;
import static stasis.abi.Sched.CLONE_PARENT;
import static stasis.abi.Sched.CLONE_PARENT_SETTID;
import static stasis.abi.Sched.CLONE_PIDFD;
import static stasis.abi.Sched.CLONE_SETTLS;
import static stasis.abi.Sched.CLONE_SIGHAND;
import static stasis.abi.Sched.CLONE_THREAD;
import static stasis.abi.Sched.CLONE_VFORK;
import static stasis.abi.Sched.CLONE_VM;
import static stasis.abi.Signal.SIGCHLD;

import stasis.abi.ErrnoException;
import stasis.arch.Registers;
import stasis.kernel.mm.ForkCopy;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.signal.SignalActions;
import stasis.kernel.signal.SignalStack;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FsContext;
import stasis.platform.ExecutionContext;
import stasis.platform.PlatformException;

/** clone(2), fork(2), vfork(2). */
public final class TaskClone {
    private static final long NAMESPACES =
            (CLONE_NEWNS
                            | CLONE_NEWCGROUP
                            | CLONE_NEWUTS
                            | CLONE_NEWIPC
                            | CLONE_NEWUSER
                            | CLONE_NEWPID
                            | CLONE_NEWNET)
                    & 0xffffffffL;

    private TaskClone() {}

    /**
     * What clone(2) and clone3(2) ask for.
     *
     * @param flags CLONE_* without the signal
     * @param stack where the child's stack pointer starts; 0: as the parent's
     */
    public record Request(
            long flags, int exitSignal, long stack, long parentTid, long childTid, long tls) {
        boolean has(long flag) {
            return (flags & flag) != 0;
        }
    }

    /** The child's tid. The child is running, or about to. */
    public static int clone(Task parent, Request request) throws ErrnoException {
        check(parent, request);
        ExecutionContext context = parent.context();
        if (context == null) throw EAGAIN.exception();
        context.loadFpu(parent.registers());
        MemoryMap mm = memory(parent, context, request);
        FdTable files =
                request.has(CLONE_FILES) ? parent.fdTable().share() : parent.fdTable().copy();
        FsContext fs = request.has(CLONE_FS) ? parent.fs().share() : parent.fs().copy();
        Task child;
        TaskSet tasks = parent.machine().tasks();
        try (var _ = tasks.lock().hold()) {
            child = buildLocked(parent, request, mm, files, fs);
        } catch (ErrnoException e) {
            files.leave(parent);
            fs.leave();
            mm.leave(parent);
            throw e;
        }
        if (request.has(CLONE_PARENT_SETTID)) {
            parent.memory().writeInt(request.parentTid, child.tid());
        }
        if (request.has(CLONE_VFORK)) parent.vforkChild = child;
        if (request.has(CLONE_VFORK)) parent.attention = true;
        int tid = child.tid();
        child.start();
        return tid;
    }

    private static void check(Task parent, Request r) throws ErrnoException {
        if (r.has(CLONE_THREAD) && !r.has(CLONE_SIGHAND)) throw EINVAL.exception();
        if (r.has(CLONE_SIGHAND) && !r.has(CLONE_VM)) throw EINVAL.exception();
        if (r.has(CLONE_SIGHAND) && r.has(CLONE_CLEAR_SIGHAND)) throw EINVAL.exception();
        if (r.has(CLONE_FS) && (r.flags & CLONE_NEWNS) != 0) throw EINVAL.exception();
        // Unlike Linux, a sandbox has one set of namespaces.
        if ((r.flags & NAMESPACES) != 0) throw EPERM.exception();
        if (r.has(CLONE_PIDFD)) throw EINVAL.exception();
        if (r.has(CLONE_PARENT) && parent.group().pid() == 1) throw EINVAL.exception();
    }

    private static MemoryMap memory(Task parent, ExecutionContext context, Request r)
            throws ErrnoException {
        try {
            if (!r.has(CLONE_VM)) return ForkCopy.fork(parent.mm());
            context.prepareThread(parent.mm().space());
            return parent.mm().share();
        } catch (PlatformException e) {
            throw ENOMEM.exception();
        }
    }

    private static Task buildLocked(
            Task parent, Request r, MemoryMap mm, FdTable files, FsContext fs)
            throws ErrnoException {
        TaskSet tasks = parent.machine().tasks();
        long limit = parent.limits().soft(RLIMIT_NPROC);
        if (Long.compareUnsigned(tasks.tasksLocked().size() + 1L, limit) > 0
                && parent.credentials().uid() != 0) {
            throw EAGAIN.exception();
        }
        if (parent.group().exiting) throw EAGAIN.exception();
        int tid = tasks.allocatePidLocked();
        ThreadGroup group = parent.group();
        if (!r.has(CLONE_THREAD)) group = newGroupLocked(parent, r, tid);
        Task child = new Task(parent.machine(), tid, group, mm, files, fs, parent.credentials());
        child.inherit(parent);
        if (!r.has(CLONE_THREAD)) {
            group.leader = child;
            tasks.addLocked(group);
        }
        group.tasks.add(child);
        tasks.addLocked(child);
        if (!r.has(CLONE_VM) || r.has(CLONE_VFORK)) child.setSignalStack(parent.signalStack());
        else child.setSignalStack(SignalStack.none());
        registers(child, r);
        if (r.has(CLONE_CHILD_CLEARTID)) child.clearChildTid = r.childTid;
        if (r.has(CLONE_CHILD_SETTID)) child.setChildTid = r.childTid;
        child.vforkParentWaits = r.has(CLONE_VFORK);
        return child;
    }

    private static void registers(Task child, Request r) {
        Registers regs = child.registers();
        regs.set(Registers.RAX, 0);
        regs.set(Registers.ORIG_RAX, -1);
        if (r.stack != 0) regs.set(Registers.RSP, r.stack);
        if (r.has(CLONE_SETTLS)) regs.set(Registers.FS_BASE, r.tls);
    }

    private static ThreadGroup newGroupLocked(Task parent, Request r, int pid) {
        ThreadGroup old = parent.group();
        SignalActions actions = r.has(CLONE_SIGHAND) ? old.actions : old.actions.copy();
        if (r.has(CLONE_CLEAR_SIGHAND)) actions.resetHandlers();
        ThreadGroup group = new ThreadGroup(pid, actions, old.limits().copy());
        group.parent = r.has(CLONE_PARENT) ? old.parent : old;
        group.exitSignal = r.has(CLONE_PARENT) ? old.exitSignal : r.exitSignal;
        if (group.parent != null) group.parent.children.add(group);
        group.processGroup = old.processGroup;
        group.processGroup.members.add(group);
        group.dumpable = old.dumpable;
        group.setOomScoreAdj(old.oomScoreAdj());
        group.startNanos = parent.machine().clock().now();
        return group;
    }

    /** vfork(2): until the child has its own memory or has ended. Only death and pauses disturb. */
    static void waitForVfork(Task parent) {
        TaskSet tasks = parent.machine().tasks();
        while (!parent.mustExit() && !tasks.paused()) {
            parent.prepareSleep();
            try (var _ = tasks.lock().hold()) {
                Task child = parent.vforkChild;
                if (child == null || !child.vforkParentWaits) {
                    parent.vforkChild = null;
                    return;
                }
            }
            java.util.concurrent.locks.LockSupport.park(parent);
        }
        parent.attention = true;
    }

    /** fork(2)'s request. */
    public static Request fork() {
        return new Request(0, SIGCHLD, 0, 0, 0, 0);
    }

    /** vfork(2)'s request. */
    public static Request vfork() {
        return new Request((CLONE_VFORK | CLONE_VM) & 0xffffffffL, SIGCHLD, 0, 0, 0, 0);
    }
}
