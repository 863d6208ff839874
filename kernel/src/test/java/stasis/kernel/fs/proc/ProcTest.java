package stasis.kernel.fs.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Fcntl.O_TRUNC;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.Poll.POLLPRI;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.kernel.auth.Credentials;
import stasis.kernel.fs.OneProcess;
import stasis.kernel.task.Machine;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Tree;

import java.util.List;

class ProcTest {
    private final OneProcess process = new OneProcess();
    private final Tree tree = process.tree;
    private final Task task = process.task;
    private final Machine machine = process.machine;

    ProcTest() throws Exception {}

    @BeforeEach
    void mountProc() throws Exception {
        tree.mkdir("/proc");
        tree.vfs.mounts().mount(tree.at("/proc"), new ProcFilesystem(machine), 0, "proc");
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
    void somethingCanBeMountedOverAProcess() throws Exception {
        tree.write("/cover", "hidden");
        tree.vfs.mounts().bind(tree.at("/cover"), tree.at(pid("environ")), false);
        assertEquals("hidden", tree.read(pid("environ")));
        assertEquals(pid("cmdline"), tree.vfs.pathOf(tree.fs, tree.at(pid("cmdline"))));
        tree.vfs.mounts().unmount(tree.at(pid("environ")), false);
        assertEquals("HOME=/\0", tree.read(pid("environ")));
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

    @Test
    void theGenerationIsReadAsOneLineAndHasNoEventWhileItStays() throws Exception {
        FileDescription file = tree.open("/proc/stasis/generation", 0);
        assertEquals(machine.identity().generation() + "\n", tree.text(file));
        assertEquals(0, file.impl().readiness() & POLLPRI);
        assertTrue(file.impl().waitQueue() != null);
    }

    @Test
    void theEnvironmentIsWhatTheMakerOfTheCloneSays() throws Exception {
        assertEquals("", tree.read("/proc/stasis/environment"));
        machine.identity().setEnvironment(List.of("A=b", "C=d e"));
        assertEquals("A=b\nC=d e\n", tree.read("/proc/stasis/environment"));
    }
}
