package stasis.kernel.fs.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOTEMPTY;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Tree;

import java.util.List;

class OverlayTest {
    private final Tree lower = new Tree();
    private Tree tree = lower;

    @BeforeEach
    void lowerTree() throws Exception {
        lower.mkdir("/etc");
        lower.mkdir("/etc/sub");
        lower.write("/etc/conf", "lower");
        lower.write("/etc/sub/deep", "deep");
        lower.write("/one", "linked");
        lower.names().link(lower.at("/one"), lower.fs.cwd(), "/two");
        lower.symlink("etc/conf", "/link");
        Overlay overlay = new Overlay(lower.vfs, lower.memory, lower.at("/").inode());
        tree = new Tree(lower.memory, lower.vfs, overlay);
    }

    @Test
    void writesStayAbove() throws Exception {
        FileDescription before = tree.open("/etc/conf", 0);
        tree.put(tree.open("/link", O_RDWR), 0, "UPPER");
        assertEquals("UPPER", tree.text(before));
        assertEquals("lower", lower.read("/etc/conf"));
    }

    @Test
    void removedNamesDoNotComeBack() throws Exception {
        tree.unlink("/etc/conf");
        assertErrno(ENOENT, () -> tree.at("/etc/conf"));
        assertEquals(List.of("sub"), tree.list("/etc"));
        tree.write("/etc/conf", "new");
        assertEquals("new", tree.read("/etc/conf"));
        assertEquals("lower", lower.read("/etc/conf"));
    }

    @Test
    void aRemovedDirectoryMadeAgainIsEmpty() throws Exception {
        assertErrno(ENOTEMPTY, () -> tree.names().rmdir(tree.fs.cwd(), "/etc"));
        tree.unlink("/etc/sub/deep");
        tree.names().rmdir(tree.fs.cwd(), "/etc/sub");
        tree.mkdir("/etc/sub");
        assertEquals(List.of(), tree.list("/etc/sub"));
    }

    @Test
    void linkCountsOfMergedDirectoriesAreNotKept() throws Exception {
        assertEquals(1, tree.at("/etc").inode().stat().nlink());
        tree.mkdir("/own");
        tree.mkdir("/own/sub");
        assertEquals(3, tree.at("/own").inode().stat().nlink());
    }

    @Test
    void aRenamedLowerDirectoryTakesItsFilesAlong() throws Exception {
        tree.rename("/etc", "/moved");
        assertEquals("deep", tree.read("/moved/sub/deep"));
        assertErrno(ENOENT, () -> tree.at("/etc"));
        tree.mkdir("/etc");
        assertEquals(List.of(), tree.list("/etc"));
    }

    @Test
    void listingsMergeBothAndKeepInodeNumbers() throws Exception {
        tree.write("/etc/added", "");
        assertEquals(List.of("added", "sub", "conf"), sorted(tree.list("/etc")));
        long listed = tree.at("/etc/conf").inode().ino();
        assertEquals(lower.at("/etc/conf").inode().ino(), listed);
        tree.put(tree.open("/etc/conf", O_RDWR), 0, "w");
        assertEquals(listed, tree.at("/etc/conf").inode().stat().ino());
    }

    private static List<String> sorted(List<String> names) {
        List<String> order = List.of("added", "sub", "conf");
        return names.stream().sorted((a, b) -> order.indexOf(a) - order.indexOf(b)).toList();
    }

    @Test
    void hardLinksBelowAreOneFileAbove() throws Exception {
        assertSame(tree.at("/one").inode(), tree.at("/two").inode());
        tree.put(tree.open("/one", O_RDWR), 0, "LINKED");
        assertEquals("LINKED", tree.read("/two"));
        tree.unlink("/one");
        assertEquals(1, tree.at("/two").inode().stat().nlink());
    }

    @Test
    void attributesChangeWithoutCopyingContent() throws Exception {
        int before = tree.memory.used();
        tree.vfs
                .attributes(tree.caller)
                .chmod(tree.fs.cwd().mount(), tree.at("/etc/conf").inode(), 0600);
        assertEquals(0600, tree.at("/etc/conf").inode().mode() & 07777);
        assertEquals(0644, lower.at("/etc/conf").inode().mode() & 07777);
        assertEquals(before, tree.memory.used());
    }
}
