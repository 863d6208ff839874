package stasis.kernel.fs.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.O_TRUNC;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.kernel.vfs.Tree.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import stasis.abi.Le;
import stasis.kernel.auth.Credentials;
import stasis.kernel.caller.FakeMemoryFile;
import stasis.kernel.caller.FakePlatform;
import stasis.kernel.fs.StandardFiles;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.syscall.SyscallDispatch;
import stasis.kernel.syscall.SyscallTable;
import stasis.kernel.task.Machine;
import stasis.kernel.task.ProcessStart;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Tree;
import stasis.kernel.vfs.Vfs;

class ProcTest {
    private byte filler;
    private Machine machine;
    private Tree tree;
    private Task task;

    @BeforeEach
    void oneProcess() throws Exception {
        FakePlatform platform = new FakePlatform(new FakeMemoryFile(64 << 20));
        GuestMemory memory = new GuestMemory(platform.memory());
        Vfs vfs = new Vfs();
        Tmpfs root = new Tmpfs(vfs, memory, "tmpfs", PageBudget.UNLIMITED, 0755, 1);
        Tree made = new Tree(memory, vfs, root);
        machine =
                new Machine(
                        platform,
                        new SyscallDispatch(new SyscallTable(), null),
                        (to, at, length) -> to.asSlice(at, length).fill(++filler),
                        memory,
                        made.caller.monotonicClock(),
                        made.caller.realtimeClock(),
                        vfs);
        StandardFiles.register(machine);
        tree = made;
        tree.mkdir("/proc");
        tree.vfs.mounts().mount(tree.at("/proc"), new ProcFilesystem(machine), 0, "proc");
        task = start("/prog");
    }

    private Task start(String path) throws Exception {
        FileDescription program = tree.open(path, O_RDWR | O_CREAT);
        program.writeAt(tree.caller, elf(), 0, 4096, 0);
        program.release(tree.caller);
        tree.vfs.attributes(tree.caller)
                .chmod(tree.fs.cwd().mount(), tree.at(path).inode(), 0755);
        FileDescription image =
                tree.vfs.openForExec(tree.caller, tree.fs, tree.fs.cwd(), path, true);
        ProcessStart.Spec spec =
                new ProcessStart.Spec(
                        path, List.of("prog", "an arg"), List.of("HOME=/"), Credentials.root(),
                        new ResourceLimits(), List.of(), null);
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

    private String pid(String file) {
        return "/proc/" + task.pid() + "/" + file;
    }

    @Test
    void processesAreListedAndGoneOnesAreNot() throws Exception {
        assertTrue(tree.list("/proc").contains(Integer.toString(task.pid())));
        assertErrno(ENOENT, () -> tree.at("/proc/4711"));
        assertErrno(ENOENT, () -> tree.at("/proc/0" + task.pid()));
        assertEquals(List.of(Integer.toString(task.tid())), tree.list(pid("task")));
    }

    @Test
    void argumentsAreReadFromTheProgramsMemory() throws Exception {
        assertEquals("prog\0an arg\0", tree.read(pid("cmdline")));
        assertEquals("HOME=/\0", tree.read(pid("environ")));
    }

    @Test
    void mapsShowTheProgramAndItsStack() throws Exception {
        String maps = tree.read(pid("maps"));
        String first = maps.lines().findFirst().orElseThrow();
        assertTrue(first.startsWith("00400000-00401000 r-xp 00000000 00:"), first);
        assertTrue(first.endsWith(" /prog"), first);
        assertEquals(73, first.indexOf("/prog"));
        assertTrue(maps.contains("[stack]"), maps);
    }

    @Test
    void statHasItsFiftyTwoFields() throws Exception {
        task.setName("a (b");
        String stat = tree.read(pid("stat"));
        assertTrue(stat.startsWith(task.pid() + " (a (b) S 0 "), stat);
        assertEquals(50, stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ").length);
        assertTrue(tree.read(pid("status")).contains("\nPid:\t" + task.pid() + "\n"));
    }

    @Test
    void descriptorsLeadToTheFileWhateverItsName() throws Exception {
        FileDescription file = tree.write("/f", "content");
        int fd = task.fdTable().install(tree.caller, file, 0, false);
        tree.unlink("/f");
        assertEquals("/f (deleted)", tree.vfs.readlink(tree.caller, tree.link(pid("fd/" + fd))));
        assertEquals("content", tree.read(pid("fd/" + fd)));
        assertTrue(tree.read(pid("fdinfo/" + fd)).startsWith("pos:\t0\nflags:\t0"));
        task.fdTable().close(task, fd);
        assertErrno(ENOENT, () -> tree.link(pid("fd/" + fd)));
    }

    @Test
    void linksOfAProcessAreMagic() throws Exception {
        assertSame(tree.at("/prog").inode(), tree.at(pid("exe")).inode());
        tree.rename("/prog", "/renamed");
        assertEquals("/renamed", tree.vfs.readlink(tree.caller, tree.link(pid("exe"))));
        assertSame(tree.at("/").inode(), tree.at(pid("cwd")).inode());
    }

    @Test
    void strangersMayNotLookInside() throws Exception {
        tree.caller.credentials = Credentials.of(1000, 1000, List.of(), 0);
        assertErrno(EACCES, () -> tree.at(pid("cwd/f")));
        assertErrno(EACCES, () -> tree.open(pid("environ"), 0));
        assertEquals("prog\0an arg\0", tree.read(pid("cmdline")));
    }

    @Test
    void mountsAreShownAsTheProcessSeesThem() throws Exception {
        String mounts = tree.read(pid("mounts"));
        assertTrue(mounts.contains("proc /proc proc rw,relatime 0 0\n"), mounts);
        String info = tree.read(pid("mountinfo"));
        assertTrue(info.contains(" / /proc rw,relatime - proc proc rw\n"), info);
    }

    @Test
    void aNameAndAScoreCanBeWritten() throws Exception {
        tree.put(tree.open(pid("oom_score_adj"), O_WRONLY | O_TRUNC), 0, "-500\n");
        assertEquals("-500\n", tree.read(pid("oom_score_adj")));
        tree.put(tree.open("/proc/sys/kernel/hostname", O_WRONLY | O_TRUNC), 0, "box\n");
        assertEquals("box", machine.hostName());
    }

    @Test
    void everyFileOfAProcessAndOfTheSystemCanBeRead() throws Exception {
        for (TaskFile.Kind kind : TaskFile.Kind.values()) tree.read(pid(kind.fileName()));
        for (SystemFile.Kind kind : SystemFile.Kind.values()) {
            String below = kind.directory().isEmpty() ? "" : "sys/" + kind.directory() + "/";
            assertTrue(!tree.read("/proc/" + below + kind.fileName()).isEmpty(), kind.name());
        }
        for (String table : tree.list(pid("net"))) tree.read(pid("net/" + table));
    }

    @Test
    void theBootIdStaysAndUuidsDoNot() throws Exception {
        String random = "/proc/sys/kernel/random/";
        assertEquals(tree.read(random + "boot_id"), tree.read(random + "boot_id"));
        assertNotEquals(tree.read(random + "uuid"), tree.read(random + "uuid"));
    }
}
