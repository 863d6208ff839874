package stasis.kernel.fs.tty;

import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.task.Session;
import stasis.state.SavedKind;

/** A terminal's dealings with sessions and process groups, credentials(7). */
@SavedKind
interface Jobs {
    /** To the foreground process group. */
    void signal(int signo);

    /**
     * A background process reads (SIGTTIN), or writes or changes settings (SIGTTOU): sends that
     * signal to its group and throws, unless it is allowed to. EIO if nobody could ever continue
     * it.
     */
    void check(Caller caller, int signo) throws SyscallException;

    /** open(2): a session leader without a terminal gets this one, unless O_NOCTTY. */
    void opened(Terminal terminal, Caller caller, int flags);

    /** It is the terminal of a new session. Precondition: the task set's lock is held. */
    void ownedByLocked(Session session, int group);

    /** The line is gone: SIGHUP and SIGCONT, and the session has no terminal any more. */
    void hangUp();

    /** The session's leader has exited. */
    void leaderExited(Session session);

    /** 0 if there is none. Needs no lock. */
    int foreground();

    /** TIOCGPGRP and the other requests about sessions. */
    long ioctl(Terminal terminal, Caller caller, boolean master, int request, long arg)
            throws SyscallException;
}
