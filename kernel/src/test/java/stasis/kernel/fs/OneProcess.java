package stasis.kernel.fs;

import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_RDWR;

import stasis.abi.Le;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.FakeMemoryFile;
import stasis.kernel.caller.FakePlatform;
import stasis.kernel.fs.dev.MemoryDevice;
import stasis.kernel.fs.proc.ProcType;
import stasis.kernel.fs.tmpfs.Memfds;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.net.Network;
import stasis.kernel.syscall.SyscallDispatch;
import stasis.kernel.syscall.SyscallTable;
import stasis.kernel.task.Machine;
import stasis.kernel.task.ProcessStart;
import stasis.kernel.task.Task;
import stasis.kernel.vdso.VdsoClock;
import stasis.kernel.vdso.VdsoPages;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Tree;
import stasis.kernel.vfs.Vfs;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** A machine with one process that has a program, memory and files, and is never run. */
public final class OneProcess {
    public final Machine machine;
    public final Tree tree;
    public final Task task;
    private byte filler;

    public OneProcess() throws Exception {
        FakePlatform platform = new FakePlatform(new FakeMemoryFile(64 << 20));
        GuestMemory memory = new GuestMemory(platform.memory());
        Vfs vfs = new Vfs();
        tree = new Tree(memory, vfs, new Tmpfs(vfs, memory, "tmpfs", unlimited(), 0755, 1));
        machine =
                new Machine(
                        platform,
                        new SyscallDispatch(new SyscallTable(), null),
                        (to, at, length) -> to.asSlice(at, length).fill(++filler),
                        memory,
                        tree.caller.monotonicClock(),
                        tree.caller.realtimeClock(),
                        new VdsoClock(
                                new VdsoPages(memory),
                                tree.caller.monotonicClock(),
                                tree.caller.host()),
                        vfs,
                        new Network(() -> ++filler, tree.caller.monotonicClock()));
        vfs.setUnnamedFiles(new Memfds(vfs, memory));
        vfs.register(new ProcType(machine));
        MemoryDevice.register(vfs, memory);
        task = start("/prog");
    }

    private static long unlimited() {
        return PageBudget.UNLIMITED;
    }

    private Task start(String path) throws Exception {
        FileDescription program = tree.open(path, O_RDWR | O_CREAT);
        program.writeAt(tree.caller, elf(), 0, 4096, 0);
        program.release(tree.caller);
        tree.vfs.attributes(tree.caller).chmod(tree.fs.cwd().mount(), tree.at(path).inode(), 0755);
        FileDescription image =
                tree.vfs.openForExec(tree.caller, tree.fs, tree.fs.cwd(), path, true);
        ProcessStart.Spec spec =
                new ProcessStart.Spec(
                        path,
                        List.of("prog", "an arg"),
                        List.of("HOME=/"),
                        Credentials.root(),
                        new ResourceLimits(),
                        List.of(),
                        null);
        return ProcessStart.create(machine, tree.fs, image, spec);
    }

    /** One page: headers and, at 0x400078, nothing that anybody runs. */
    private static MemorySegment elf() {
        MemorySegment e = MemorySegment.ofArray(new byte[4096]);
        Le.putInt(e, 0, 0x464c457f);
        Le.putInt(e, 4, 0x00010102);
        Le.putShort(e, 16, 2);
        Le.putShort(e, 18, 62);
        Le.putInt(e, 20, 1);
        Le.putLong(e, 24, 0x400078);
        Le.putLong(e, 32, 64);
        Le.putShort(e, 52, 64);
        Le.putShort(e, 54, 56);
        Le.putShort(e, 56, 1);
        Le.putInt(e, 64, 1);
        Le.putInt(e, 68, 5);
        Le.putLong(e, 80, 0x400000);
        Le.putLong(e, 88, 0x400000);
        Le.putLong(e, 96, 4096);
        Le.putLong(e, 104, 4096);
        Le.putLong(e, 112, 4096);
        return e;
    }
}
