package stasis.kernel;

import static stasis.abi.StatMode.S_IFCHR;
import static stasis.abi.StatMode.S_IFIFO;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.fs.dev.DeviceTree;
import stasis.kernel.fs.dev.MemoryDevice;
import stasis.kernel.fs.pipe.FifoDevice;
import stasis.kernel.fs.proc.ProcFilesystem;
import stasis.kernel.fs.proc.ProcType;
import stasis.kernel.fs.sys.SysType;
import stasis.kernel.fs.tmpfs.Memfds;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.fs.tmpfs.TmpfsType;
import stasis.kernel.fs.tty.Devpts;
import stasis.kernel.fs.tty.DevptsOptions;
import stasis.kernel.fs.tty.DevptsType;
import stasis.kernel.fs.tty.TtyDevice;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.task.Machine;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.Vfs;

/** The file systems and devices that every sandbox has, and where programs expect them. */
public final class StandardFiles {
    private final Machine machine;

    public StandardFiles(Machine machine) {
        this.machine = machine;
    }

    /** Before the first file is opened: device numbers and the types that mount(2) knows. */
    public void register() {
        Vfs vfs = machine.vfs();
        vfs.setUnnamedFiles(new Memfds(vfs, machine.memory()));
        MemoryDevice.register(vfs, machine.memory());
        vfs.register(S_IFIFO, 0, new FifoDevice());
        vfs.register(S_IFCHR, TtyDevice.NUMBER, new TtyDevice());
        vfs.register(new DevptsType(vfs));
        vfs.register(new ProcType(machine));
        vfs.register(new SysType(machine));
        for (String name : new String[] {"tmpfs", "ramfs", "devtmpfs"}) {
            vfs.register(new TmpfsType(vfs, machine.memory(), name));
        }
    }

    /** A tmpfs without a bound. */
    public Tmpfs tmpfs(int mode) {
        return new Tmpfs(
                machine.vfs(),
                machine.memory(),
                "tmpfs",
                PageBudget.UNLIMITED,
                mode,
                machine.realtime().now());
    }

    /** Mounts /proc and /dev where those directories exist. */
    public void mountStandard(Caller caller, FsContext fs) throws ErrnoException {
        mount(caller, fs, "/proc", new ProcFilesystem(machine), "proc");
        Tmpfs dev = tmpfs(0755);
        new DeviceTree(dev, machine.realtime().now()).fill();
        mount(caller, fs, "/dev", dev, "tmpfs");
        Devpts pts = new Devpts(machine.vfs(), DevptsOptions.CONTAINER, machine.realtime().now());
        mount(caller, fs, "/dev/pts", pts, "devpts");
    }

    /** Mounts {@code filesystem} at {@code place}. */
    public void mount(
            Caller caller, FsContext fs, String place, Filesystem filesystem, String source)
            throws ErrnoException {
        Path at = machine.vfs().resolve(caller, fs, fs.root(), place, true);
        machine.vfs().mounts().mount(at, filesystem, 0, source);
    }
}
