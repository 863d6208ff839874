package stasis.kernel;

import stasis.kernel.auth.Credentials;
import stasis.kernel.auth.Ids;
import stasis.kernel.fs.FsSavedTypes;
import stasis.kernel.fs.IpcSavedTypes;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mem.MemSavedTypes;
import stasis.kernel.mm.MmSavedTypes;
import stasis.kernel.net.NetlinkPorts;
import stasis.kernel.net.Network;
import stasis.kernel.signal.SignalAction;
import stasis.kernel.signal.SignalActions;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.signal.SignalQueue;
import stasis.kernel.signal.SignalStack;
import stasis.kernel.task.IntervalTimer;
import stasis.kernel.task.Machine;
import stasis.kernel.task.PosixTimer;
import stasis.kernel.task.ProcessGroup;
import stasis.kernel.task.Restart;
import stasis.kernel.task.Session;
import stasis.kernel.task.Task;
import stasis.kernel.task.TaskSet;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.time.MonotonicClock;
import stasis.kernel.time.RealtimeClock;
import stasis.kernel.vdso.VdsoClock;
import stasis.kernel.vdso.VdsoPages;
import stasis.kernel.vfs.VfsSavedTypes;
import stasis.net.stack.NetSavedTypes;
import stasis.platform.PlatformSavedTypes;
import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

/** Every kernel class that may appear in a snapshot, by package. A test keeps it complete. */
public final class KernelSavedTypes {
    private KernelSavedTypes() {}

    /** The whole table: this module's classes and those of the modules below. */
    public static SavedTypes all() {
        return addTo(NetSavedTypes.addTo(PlatformSavedTypes.addTo(new SavedTypes())));
    }

    public static SavedTypes addTo(SavedTypes types) {
        MemSavedTypes.addTo(types);
        MmSavedTypes.addTo(types);
        VfsSavedTypes.addTo(types);
        FsSavedTypes.addTo(types);
        IpcSavedTypes.addTo(types);
        return types.add(
                MethodHandles.lookup(),
                Kernel.class,
                // auth, limits
                Credentials.class,
                Ids.class,
                ResourceLimits.class,
                // signal
                SignalAction.class,
                SignalActions.class,
                SignalInfo.class,
                SignalQueue.class,
                SignalStack.class,
                // net
                NetlinkPorts.class,
                Network.class,
                // task
                IntervalTimer.class,
                Machine.class,
                PosixTimer.class,
                ProcessGroup.class,
                Restart.class,
                Session.class,
                Task.class,
                TaskSet.class,
                ThreadGroup.class,
                VdsoClock.class,
                VdsoPages.class,
                // time
                MonotonicClock.class,
                RealtimeClock.class);
    }
}
