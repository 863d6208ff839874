package stasis.kernel.fs;

import stasis.kernel.fs.dev.MemoryDevice;
import stasis.kernel.fs.proc.ProcType;
import stasis.kernel.fs.sys.SysType;
import stasis.kernel.fs.tmpfs.Memfds;
import stasis.kernel.fs.tmpfs.TmpfsType;
import stasis.kernel.task.Machine;
import stasis.kernel.vfs.Vfs;

/** What every kernel can mount and open, before its first task. */
public final class StandardFiles {
    private StandardFiles() {}

    /** Registers file system types, memory devices and unnamed files with the machine's VFS. */
    public static void register(Machine machine) {
        Vfs vfs = machine.vfs();
        for (String name : new String[] {"tmpfs", "ramfs", "devtmpfs"}) {
            vfs.register(new TmpfsType(vfs, machine.memory(), name));
        }
        vfs.register(new ProcType(machine));
        vfs.register(new SysType(machine));
        MemoryDevice.register(vfs, machine.memory());
        vfs.setUnnamedFiles(new Memfds(vfs, machine.memory()));
    }
}
