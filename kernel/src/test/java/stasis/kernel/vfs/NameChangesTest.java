package stasis.kernel.vfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static stasis.abi.Errno.EBUSY;
import static stasis.abi.Errno.EEXIST;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EISDIR;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOTDIR;
import static stasis.abi.Errno.ENOTEMPTY;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.StatMode.S_ISGID;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.kernel.auth.Credentials;

import java.util.List;

class NameChangesTest {
    private final Tree tree = new Tree();

    @Test
    void aDirectoryCannotMoveBelowItself() throws Exception {
        tree.mkdir("/a");
        tree.mkdir("/a/b");
        assertErrno(EINVAL, () -> tree.rename("/a", "/a/b/c"));
        assertErrno(ENOTEMPTY, () -> tree.rename("/a/b", "/a"));
    }

    @Test
    void renamingReplacesOnlyItsOwnKind() throws Exception {
        tree.mkdir("/d");
        tree.mkdir("/full");
        tree.write("/full/f", "");
        tree.write("/f", "f");
        assertErrno(EISDIR, () -> tree.rename("/f", "/d"));
        assertErrno(ENOTDIR, () -> tree.rename("/d", "/f"));
        assertErrno(ENOTEMPTY, () -> tree.rename("/d", "/full"));
        tree.write("/g", "g");
        tree.rename("/f", "/g");
        assertEquals("f", tree.read("/g"));
        assertErrno(ENOENT, () -> tree.at("/f"));
    }

    @Test
    void exchangingSwapsTwoNames() throws Exception {
        tree.mkdir("/d");
        tree.write("/d/in", "1");
        tree.write("/f", "2");
        Path root = tree.fs.cwd();
        assertErrno(EEXIST, () -> tree.names().rename(root, "/f", root, "/d", true, false));
        tree.names().rename(root, "/f", root, "/d", false, true);
        assertEquals("2", tree.read("/d"));
        assertEquals("1", tree.read("/f/in"));
        assertEquals("/f/in", tree.vfs.pathOf(tree.fs, tree.at("/f/in")));
    }

    @Test
    void openDirectoriesKnowTheirNewPath() throws Exception {
        tree.mkdir("/a");
        tree.mkdir("/a/b");
        tree.fs.setCwd(tree.at("/a/b"));
        tree.rename("/a", "/z");
        assertEquals("/z/b", tree.vfs.pathOf(tree.fs, tree.fs.cwd()));
    }

    @Test
    void linkCountsFollowNames() throws Exception {
        tree.write("/f", "x");
        tree.names().link(tree.at("/f"), tree.fs.cwd(), "/g");
        assertEquals(2, tree.at("/f").inode().stat().nlink());
        tree.unlink("/f");
        assertEquals(1, tree.at("/g").inode().stat().nlink());
        tree.mkdir("/d");
        tree.mkdir("/d/e");
        assertEquals(3, tree.at("/d").inode().stat().nlink());
        tree.rename("/d/e", "/e");
        assertEquals(2, tree.at("/d").inode().stat().nlink());
        assertErrno(EPERM, () -> tree.names().link(tree.at("/d"), tree.fs.cwd(), "/dd"));
    }

    @Test
    void theStickyBitKeepsOthersFilesInPlace() throws Exception {
        tree.mkdir("/tmp");
        tree.vfs.attributes(tree.caller).chmod(tree.fs.cwd().mount(), at("/tmp"), 01777);
        tree.write("/tmp/roots", "");
        tree.caller.credentials = Credentials.of(1000, 1000, List.of(), 0);
        assertErrno(EPERM, () -> tree.unlink("/tmp/roots"));
        tree.write("/tmp/mine", "");
        tree.unlink("/tmp/mine");
    }

    private Inode at(String path) throws Exception {
        return tree.at(path).inode();
    }

    @Test
    void setGroupIdDirectoriesHandDownTheirGroup() throws Exception {
        tree.mkdir("/d");
        tree.vfs.attributes(tree.caller).chown(tree.fs.cwd().mount(), at("/d"), 0, 77);
        tree.vfs.attributes(tree.caller).chmod(tree.fs.cwd().mount(), at("/d"), 02777);
        tree.mkdir("/d/e");
        tree.write("/d/f", "");
        assertEquals(77, at("/d/f").gid());
        assertEquals(S_ISGID | 0755, at("/d/e").mode() & 07777);
    }

    @Test
    void mountPointsAndDotsCannotBeRemoved() throws Exception {
        tree.mkdir("/m");
        tree.vfs.mounts().bind(tree.at("/m"), tree.at("/m"), false);
        assertErrno(EBUSY, () -> tree.names().rmdir(tree.fs.cwd(), "/m"));
        assertErrno(EINVAL, () -> tree.names().rmdir(tree.fs.cwd(), "/m/."));
        assertErrno(ENOTEMPTY, () -> tree.names().rmdir(tree.fs.cwd(), "/m/.."));
        assertErrno(EISDIR, () -> tree.unlink("/m"));
    }

    @Test
    void aListingGoesOnAfterRemovals() throws Exception {
        for (int i = 0; i < 10; i++) tree.write("/f" + i, "");
        FileDescription root = tree.open("/", 0);
        int[] left = {5};
        tree.vfs.list(tree.caller, root, (_, _, _, _) -> left[0]-- > 0);
        tree.unlink("/f1");
        tree.unlink("/f2");
        int[] rest = {0};
        tree.vfs.list(
                tree.caller,
                root,
                (_, _, _, _) -> {
                    rest[0]++;
                    return true;
                });
        assertEquals(7, rest[0]);
    }
}
