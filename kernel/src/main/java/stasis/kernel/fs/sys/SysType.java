package stasis.kernel.fs.sys;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.task.Machine;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FilesystemType;
import stasis.state.Saved;

/**
 * mount(2) of sysfs. Unlike Linux, it is a fixed tree: processors, a few directories that programs
 * expect, and places to mount on.
 */
@Saved("sys.SysType")
public final class SysType implements FilesystemType {
    private Machine machine;

    @SuppressWarnings("NullAway.Init")
    private SysType() {}

    public SysType(Machine machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return "sysfs";
    }

    @Override
    public Filesystem make(Caller caller, String source, String options) throws ErrnoException {
        long now = caller.realtimeClock().now();
        Tmpfs fs =
                new Tmpfs(machine.vfs(), machine.memory(), name(), PageBudget.UNLIMITED, 0555, now);
        new SysTree(fs, now).fill(Long.bitCount(machine.cpus()));
        return fs;
    }
}
