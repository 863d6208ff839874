package stasis.cli.boot;

import stasis.kernel.fs.dev.MemoryDevice;
import stasis.kernel.fs.proc.ProcType;
import stasis.kernel.fs.tmpfs.Memfds;
import stasis.kernel.fs.tmpfs.TmpfsType;
import stasis.kernel.task.Machine;
import stasis.kernel.vfs.Vfs;

/** What a new kernel can mount and open. */
final class Filesystems {
    private Filesystems() {}

    static void install(Machine machine) {
        Vfs vfs = machine.vfs();
        vfs.setUnnamedFiles(new Memfds(vfs, machine.memory()));
        MemoryDevice.register(vfs, machine.memory());
        for (String name : new String[] {"tmpfs", "ramfs", "devtmpfs"}) {
            vfs.register(new TmpfsType(vfs, machine.memory(), name));
        }
        vfs.register(new ProcType(machine));
    }
}
