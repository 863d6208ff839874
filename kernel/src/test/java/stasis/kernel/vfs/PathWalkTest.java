package stasis.kernel.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.EEXIST;
import static stasis.abi.Errno.ELOOP;
import static stasis.abi.Errno.ENAMETOOLONG;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOTDIR;
import static stasis.abi.Errno.EROFS;
import static stasis.abi.Errno.EXDEV;
import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_EXCL;
import static stasis.abi.Fcntl.O_NOFOLLOW;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.RESOLVE_BENEATH;
import static stasis.abi.Fcntl.RESOLVE_IN_ROOT;
import static stasis.abi.Fcntl.RESOLVE_NO_SYMLINKS;
import static stasis.abi.Fcntl.RESOLVE_NO_XDEV;
import static stasis.abi.Mount.MS_RDONLY;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.kernel.auth.Credentials;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.mem.PageBudget;

import java.util.List;

class PathWalkTest {
    private final Tree tree = new Tree();

    @Test
    void linksAreFollowedFromWhereTheyLie() throws Exception {
        tree.mkdir("/a");
        tree.mkdir("/a/b");
        tree.write("/a/f", "x");
        tree.symlink("../f", "/a/b/up");
        assertSame(tree.at("/a/f").inode(), tree.at("/a/b/up").inode());
    }

    @Test
    void aLoopOfLinksEnds() throws Exception {
        tree.symlink("/b", "/a");
        tree.symlink("/a", "/b");
        assertErrno(ELOOP, () -> tree.at("/a"));
    }

    @Test
    void fortyLinksAreFollowedAndNoMore() throws Exception {
        tree.write("/l0", "end");
        for (int i = 1; i <= 41; i++) tree.symlink("l" + (i - 1), "/l" + i);
        assertEquals("end", tree.read("/l40"));
        assertErrno(ELOOP, () -> tree.at("/l41"));
    }

    @Test
    void dotDotStopsAtTheRoot() throws Exception {
        tree.mkdir("/jail");
        tree.mkdir("/jail/in");
        tree.fs.setRoot(tree.at("/jail"));
        assertEquals("/", tree.vfs.pathOf(tree.fs, tree.at("/in/../../../..")));
    }

    @Test
    void dotDotLeavesAMount() throws Exception {
        tree.mkdir("/m");
        mountTmpfs("/m", 0);
        tree.mkdir("/m/d");
        assertSame(tree.at("/").inode(), tree.at("/m/d/../..").inode());
        assertEquals("/m/d", tree.vfs.pathOf(tree.fs, tree.at("/m/d")));
    }

    @Test
    void aTrailingSlashAsksForADirectory() throws Exception {
        tree.write("/f", "");
        tree.mkdir("/d");
        tree.symlink("d", "/l");
        assertErrno(ENOTDIR, () -> tree.at("/f/"));
        assertSame(tree.at("/d").inode(), tree.link("/l/").inode());
    }

    @Test
    void emptyLongAndMissingNamesAreRefused() throws Exception {
        assertErrno(ENOENT, () -> tree.at(""));
        assertErrno(ENAMETOOLONG, () -> tree.at("/" + "n".repeat(256)));
        assertErrno(ENAMETOOLONG, () -> tree.at("/a".repeat(2048)));
        assertErrno(ENOENT, () -> tree.at("/no/where"));
    }

    @Test
    void creatingFollowsADanglingLinkUnlessExclusive() throws Exception {
        tree.symlink("/target", "/l");
        assertErrno(EEXIST, () -> tree.open("/l", O_CREAT | O_EXCL | O_RDWR));
        tree.write("/l", "made");
        assertEquals("made", tree.read("/target"));
        assertErrno(ELOOP, () -> tree.open("/l", O_NOFOLLOW));
    }

    @Test
    void directoriesThatMayNotBeSearchedStopAWalk() throws Exception {
        tree.mkdir("/secret");
        tree.write("/secret/f", "");
        tree.vfs.attributes(tree.caller).chmod(tree.at("/").mount(), inode("/secret"), 0700);
        tree.caller.credentials = Credentials.of(1000, 1000, List.of(), 0);
        assertErrno(EACCES, () -> tree.at("/secret/f"));
    }

    private Inode inode(String path) throws Exception {
        return tree.at(path).inode();
    }

    private void mountTmpfs(String path, int flags) throws Exception {
        Tmpfs fs = new Tmpfs(tree.vfs, tree.memory, "tmpfs", PageBudget.UNLIMITED, 0755, 1);
        tree.vfs.mounts().mount(tree.at(path), fs, flags, "none");
    }

    @Test
    void beneathNeverLeavesItsBase() throws Exception {
        tree.mkdir("/base");
        tree.write("/f", "outside");
        tree.symlink("/f", "/base/abs");
        tree.fs.setCwd(tree.at("/base"));
        assertErrno(EXDEV, () -> tree.open("../f", 0, RESOLVE_BENEATH));
        assertErrno(EXDEV, () -> tree.open("abs", 0, RESOLVE_BENEATH));
        assertErrno(ENOENT, () -> tree.open("abs", 0, RESOLVE_IN_ROOT));
        assertErrno(ELOOP, () -> tree.open("abs", 0, RESOLVE_NO_SYMLINKS));
    }

    @Test
    void noXdevStaysOnItsMount() throws Exception {
        tree.mkdir("/m");
        mountTmpfs("/m", 0);
        assertErrno(EXDEV, () -> tree.open("m", 0, RESOLVE_NO_XDEV));
    }

    @Test
    void nothingChangesOnAReadOnlyMount() throws Exception {
        tree.mkdir("/m");
        mountTmpfs("/m", MS_RDONLY);
        assertErrno(EROFS, () -> tree.mkdir("/m/d"));
        assertErrno(EROFS, () -> tree.open("/m/f", O_CREAT | O_RDWR));
        tree.vfs.mounts().remount(tree.at("/m"), 0);
        tree.mkdir("/m/d");
    }

    @Test
    void aBindMountShowsTheSameFilesElsewhere() throws Exception {
        tree.mkdir("/a");
        tree.mkdir("/b");
        tree.write("/a/f", "same");
        tree.vfs.mounts().bind(tree.at("/a"), tree.at("/b"), true);
        assertEquals("same", tree.read("/b/f"));
        assertEquals("/b/f", tree.vfs.pathOf(tree.fs, tree.at("/b/f")));
        tree.vfs.mounts().unmount(tree.at("/b"), false);
        assertErrno(ENOENT, () -> tree.at("/b/f"));
    }

    @Test
    void aRemovedWorkingDirectoryIsSaidToBeDeleted() throws Exception {
        tree.mkdir("/d");
        tree.fs.setCwd(tree.at("/d"));
        tree.names().rmdir(tree.fs.cwd(), "/d");
        assertEquals("/d (deleted)", tree.vfs.pathOf(tree.fs, tree.fs.cwd()));
        assertErrno(ENOENT, () -> tree.open("f", O_CREAT | O_RDWR));
        assertTrue(tree.vfs.isDeleted(tree.fs.cwd()));
    }
}
