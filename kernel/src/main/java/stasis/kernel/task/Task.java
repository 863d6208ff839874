package stasis.kernel.task;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import stasis.abi.ErrnoException;
import stasis.abi.RestartException;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.Caller;
import stasis.kernel.caller.UserAccess;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.Vfs;
import stasis.kernel.wait.Waiter;
import stasis.state.NotSaved;
import stasis.state.Saved;

/** PLACEHOLDER that shows what handlers may use; being written. */
@Saved("task.Task")
public abstract class Task implements Caller {
    /** The descriptors of the calling process. */
    public abstract FdTable fdTable();

    /** Root, working directory, umask. */
    public abstract FsContext fs();

    public abstract Vfs vfs();

    /** Installs at the lowest free descriptor; takes the reference, releases it on failure. */
    public abstract int install(FileDescription file, boolean cloexec) throws ErrnoException;

    public abstract void setCredentials(Credentials credentials);
}
