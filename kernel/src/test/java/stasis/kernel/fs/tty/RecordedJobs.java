package stasis.kernel.fs.tty;

import stasis.abi.Errno;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.task.Session;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/** A foreground group that only remembers the signals. */
@Saved("test.RecordedJobs")
final class RecordedJobs implements Jobs {
    List<Integer> signals = new ArrayList<>();
    boolean hungUp;

    RecordedJobs() {}

    @Override
    public void signal(int signo) {
        signals.add(signo);
    }

    @Override
    public void check(Caller caller, int signo) {}

    @Override
    public void opened(Terminal terminal, Caller caller, int flags) {}

    @Override
    public void ownedByLocked(Session session, int group) {}

    @Override
    public void hangUp() {
        hungUp = true;
    }

    @Override
    public void leaderExited(Session session) {}

    @Override
    public int foreground() {
        return 1;
    }

    @Override
    public long ioctl(Terminal terminal, Caller caller, boolean master, int request, long arg)
            throws SyscallException {
        throw Errno.ENOTTY.exception();
    }
}
