package stasis.kernel.fs.tty;

import static stasis.abi.Capability.CAP_SYS_ADMIN;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EIO;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Errno.ESRCH;
import static stasis.abi.Fcntl.O_NOCTTY;
import static stasis.abi.Ioctls.TIOCGPGRP;
import static stasis.abi.Ioctls.TIOCGSID;
import static stasis.abi.Ioctls.TIOCNOTTY;
import static stasis.abi.Ioctls.TIOCSCTTY;
import static stasis.abi.Ioctls.TIOCSPGRP;
import static stasis.abi.RestartException.ERESTARTSYS;
import static stasis.abi.Signal.SIGCONT;
import static stasis.abi.Signal.SIGHUP;
import static stasis.abi.Signal.SIGTTIN;
import static stasis.abi.Signal.SIGTTOU;
import static stasis.kernel.signal.SignalSet.bit;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.lock.RankedLock;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.task.Machine;
import stasis.kernel.task.ProcessGroup;
import stasis.kernel.task.Session;
import stasis.kernel.task.SignalSend;
import stasis.kernel.task.Task;
import stasis.kernel.task.ThreadGroup;
import stasis.state.Saved;

/** {@link Jobs} of real tasks. Everything under the task set's lock. */
@Saved("tty.JobControl")
public final class JobControl implements Jobs {
    private Machine machine;

    /** Whose terminal it is. */
    private @Nullable Session session;

    /** Process group id; written under the lock, read without. */
    private volatile int foreground;

    @SuppressWarnings("NullAway.Init")
    private JobControl() {}

    public JobControl(Machine machine) {
        this.machine = machine;
    }

    private RankedLock lock() {
        return machine.tasks().lock();
    }

    @Override
    public int foreground() {
        return foreground;
    }

    @Override
    public void signal(int signo) {
        int group = foreground;
        if (group != 0) {
            SignalSend.toProcessGroup(machine, group, SignalInfo.kernel(signo));
        }
    }

    // ---- background processes ----

    @Override
    public void check(Caller caller, int signo) throws SyscallException {
        if (!(caller instanceof Task task)) return;
        int group;
        try (var _ = lock().hold()) {
            Session own = task.group().session();
            ProcessGroup mine = task.group().processGroup();
            if (own != session || foreground == 0 || mine.id() == foreground) return;
            boolean ignored =
                    (task.signalMask() & bit(signo)) != 0
                            || task.group().actions().get(signo).isIgnore();
            if (ignored && signo != SIGTTIN) return;
            if (ignored || mine.orphaned()) throw EIO.exception();
            group = mine.id();
        }
        SignalSend.toProcessGroup(machine, group, SignalInfo.kernel(signo));
        throw ERESTARTSYS;
    }

    // ---- whose terminal ----

    @Override
    public void opened(Terminal terminal, Caller caller, int flags) {
        if ((flags & O_NOCTTY) != 0 || !(caller instanceof Task task)) return;
        try (var _ = lock().hold()) {
            Session own = task.group().session();
            boolean leads = own.leader() == task.group();
            if (leads && own.terminal() == null && session == null) {
                giveLocked(terminal, task);
            }
        }
    }

    @Override
    public void ownedByLocked(Session owner, int group) {
        session = owner;
        foreground = group;
    }

    private void giveLocked(Terminal terminal, Task task) {
        Session own = task.group().session();
        own.setTerminal(terminal);
        ownedByLocked(own, task.group().processGroup().id());
    }

    /** Returns the group that was in the foreground. */
    private int takeAwayLocked() {
        Session old = session;
        if (old != null) old.setTerminal(null);
        session = null;
        int group = foreground;
        foreground = 0;
        return group;
    }

    @Override
    public void hangUp() {
        ThreadGroup leader;
        int group;
        try (var _ = lock().hold()) {
            leader = session == null ? null : session.leader();
            group = takeAwayLocked();
        }
        if (leader != null) {
            SignalSend.toGroup(machine, leader, SignalInfo.kernel(SIGHUP));
            SignalSend.toGroup(machine, leader, SignalInfo.kernel(SIGCONT));
        }
        hangUpGroup(group);
    }

    private void hangUpGroup(int group) {
        if (group == 0) return;
        SignalSend.toProcessGroup(machine, group, SignalInfo.kernel(SIGHUP));
        SignalSend.toProcessGroup(machine, group, SignalInfo.kernel(SIGCONT));
    }

    /** Like Linux's disassociate_ctty for pseudo-terminals: the line itself stays up. */
    @Override
    public void leaderExited(Session ended) {
        int group;
        try (var _ = lock().hold()) {
            if (session != ended) return;
            group = takeAwayLocked();
        }
        if (group != 0) {
            SignalSend.toProcessGroup(machine, group, SignalInfo.kernel(SIGHUP));
        }
    }

    // ---- ioctl_tty(2) ----

    @Override
    public long ioctl(Terminal terminal, Caller caller, boolean master, int request, long arg)
            throws SyscallException {
        if (!(caller instanceof Task task)) throw ENOTTY.exception();
        switch (request) {
            case TIOCGPGRP -> caller.memory().writeInt(arg, group(task, master));
            case TIOCGSID -> caller.memory().writeInt(arg, sessionId(task, master));
            case TIOCSPGRP -> setGroup(task, caller.memory().readInt(arg));
            case TIOCSCTTY -> steal(terminal, task, (int) arg);
            case TIOCNOTTY -> giveUp(task);
            default -> throw ENOTTY.exception();
        }
        return 0;
    }

    private boolean isOwnLocked(Task task) {
        return session != null && task.group().session() == session;
    }

    private int group(Task task, boolean master) throws ErrnoException {
        try (var _ = lock().hold()) {
            if (!master && !isOwnLocked(task)) throw ENOTTY.exception();
            return foreground;
        }
    }

    private int sessionId(Task task, boolean master) throws ErrnoException {
        try (var _ = lock().hold()) {
            Session own = session;
            if (own == null || (!master && !isOwnLocked(task))) throw ENOTTY.exception();
            return own.id();
        }
    }

    private void setGroup(Task task, int id) throws SyscallException {
        check(task, SIGTTOU);
        if (id < 0) throw EINVAL.exception();
        try (var _ = lock().hold()) {
            if (!isOwnLocked(task)) throw ENOTTY.exception();
            ProcessGroup wanted = machine.tasks().findProcessGroupLocked(id);
            if (wanted == null) throw ESRCH.exception();
            if (wanted.session() != session) throw EPERM.exception();
            foreground = id;
        }
    }

    /** TIOCSCTTY; {@code force} 1 takes it from another session. */
    private void steal(Terminal terminal, Task task, int force) throws ErrnoException {
        try (var _ = lock().hold()) {
            Session own = task.group().session();
            boolean leads = own.leader() == task.group();
            if (leads && own == session) return;
            if (!leads || own.terminal() != null) throw EPERM.exception();
            if (session != null) {
                boolean may = force == 1 && task.credentials().has(CAP_SYS_ADMIN);
                if (!may) throw EPERM.exception();
                takeAwayLocked();
            }
            giveLocked(terminal, task);
        }
    }

    /** Unlike Linux, it does nothing for a process that does not lead its session. */
    private void giveUp(Task task) throws ErrnoException {
        int group;
        try (var _ = lock().hold()) {
            if (!isOwnLocked(task)) throw ENOTTY.exception();
            if (task.group().session().leader() != task.group()) return;
            group = takeAwayLocked();
        }
        hangUpGroup(group);
    }
}
