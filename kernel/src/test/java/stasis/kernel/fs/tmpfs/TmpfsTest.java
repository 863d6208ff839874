package stasis.kernel.fs.tmpfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static stasis.abi.Errno.EBUSY;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Fcntl.F_SEAL_GROW;
import static stasis.abi.Fcntl.F_SEAL_SEAL;
import static stasis.abi.Fcntl.F_SEAL_SHRINK;
import static stasis.abi.Fcntl.F_SEAL_WRITE;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.O_TMPFILE;
import static stasis.abi.Fcntl.O_TRUNC;
import static stasis.abi.StatMode.S_ISUID;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.kernel.auth.Credentials;
import stasis.kernel.vfs.AttributeRules;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.Tree;

import java.util.List;

class TmpfsTest {
    private final Tree tree = new Tree();
    private final Memfds memfds = new Memfds(tree.vfs, tree.memory);

    @Test
    void anUnlinkedFileLivesAsLongAsItIsOpen() throws Exception {
        FileDescription file = tree.write("/f", "still here");
        tree.unlink("/f");
        assertEquals("still here", tree.text(file));
        assertEquals("/f (deleted)", tree.vfs.pathOf(tree.fs, Tree.place(file)));
        file.release(tree.caller);
        assertEquals(0, tree.memory.used());
    }

    @Test
    void replacingAFileFreesIt() throws Exception {
        tree.write("/a", "a").release(tree.caller);
        tree.write("/b", "b").release(tree.caller);
        tree.rename("/a", "/b");
        assertEquals(1, tree.memory.used());
    }

    @Test
    void truncatingOnOpenEmptiesTheFile() throws Exception {
        tree.write("/f", "old");
        tree.open("/f", O_RDWR | O_TRUNC);
        assertEquals("", tree.read("/f"));
    }

    @Test
    void anUnnamedFileCanBeGivenAName() throws Exception {
        FileDescription file = tree.open("/", O_TMPFILE | O_RDWR);
        tree.put(file, 0, "late");
        tree.names().link(Tree.place(file), tree.fs.cwd(), "/named");
        assertEquals("late", tree.read("/named"));
    }

    @Test
    void sealsForbidWhatTheySay() throws Exception {
        RegularFile inode = memfds.create(tree.caller, "m", true);
        FileDescription file = new FileDescription(inode, O_RDWR, null);
        tree.put(file, 0, "sealed");
        AttributeRules rules = tree.vfs.attributes(tree.caller);
        inode.addSeals(F_SEAL_SHRINK | F_SEAL_GROW);
        assertErrno(EPERM, () -> rules.truncate(file, 1));
        assertErrno(EPERM, () -> rules.truncate(file, 100));
        tree.put(file, 0, "S");
        inode.addSeals(F_SEAL_WRITE | F_SEAL_SEAL);
        assertErrno(EPERM, () -> tree.put(file, 0, "x"));
        assertErrno(EPERM, () -> inode.addSeals(F_SEAL_GROW));
        assertErrno(EPERM, () -> inode.checkMap(true, true));
        assertEquals("Sealed", tree.text(file));
    }

    @Test
    void aWritableMappingKeepsTheWriteSealAway() throws Exception {
        RegularFile inode = memfds.create(tree.caller, "m", true);
        inode.pages().mapped((_, _, _) -> {}, 0x1000, 0, 0x1000, true);
        assertErrno(EBUSY, () -> inode.addSeals(F_SEAL_WRITE));
    }

    @Test
    void ordinaryFilesCannotBeSealed() throws Exception {
        Inode inode = tree.write("/f", "").inode();
        assertEquals(F_SEAL_SEAL, inode.seals());
        assertErrno(EPERM, () -> inode.addSeals(F_SEAL_GROW));
    }

    @Test
    void writingTakesTheSetUserIdBitAway() throws Exception {
        FileDescription file = tree.write("/f", "x");
        AttributeRules rules = tree.vfs.attributes(tree.caller);
        rules.chmod(tree.fs.cwd().mount(), file.inode(), 04777);
        tree.caller.credentials = Credentials.of(1000, 1000, List.of(), 0);
        tree.put(file, 0, "y");
        assertEquals(0, file.inode().mode() & S_ISUID);
    }

    @Test
    void mountOptionsAreReadAndChecked() throws Exception {
        TmpfsType type = new TmpfsType(tree.vfs, tree.memory, "tmpfs");
        Tmpfs fs = (Tmpfs) type.make(tree.caller, "none", "size=64k,mode=700,uid=5");
        assertEquals(",size=64k,mode=700", fs.options());
        assertEquals(5, fs.root().uid());
        assertErrno(EINVAL, () -> type.make(tree.caller, "none", "size=much"));
        assertErrno(EINVAL, () -> type.make(tree.caller, "none", "color=red"));
    }
}
