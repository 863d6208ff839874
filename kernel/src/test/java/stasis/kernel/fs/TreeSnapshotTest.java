package stasis.kernel.fs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import static stasis.abi.Errno.EAGAIN;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.kernel.caller.FakeCaller;
import stasis.kernel.fs.overlay.Overlay;
import stasis.kernel.fs.tmpfs.TmpfsSavedTypes;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.MemSavedTypes;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.Tree;
import stasis.kernel.vfs.VfsSavedTypes;
import stasis.platform.MemoryFile;
import stasis.state.SavedTypes;
import stasis.state.graph.GraphReader;
import stasis.state.graph.GraphWriter;

import java.util.Map;

/** Trees of files that are saved and restored with everything that hangs off an open file. */
class TreeSnapshotTest {
    private final Tree tree = new Tree();

    private static SavedTypes types() {
        SavedTypes types = new SavedTypes();
        MemSavedTypes.addTo(types);
        VfsSavedTypes.addTo(types);
        stasis.kernel.fs.dev.DevSavedTypes.addTo(types);
        stasis.kernel.fs.overlay.OverlaySavedTypes.addTo(types);
        return TmpfsSavedTypes.addTo(types);
    }

    /** The pages are where they were: the memory file is the one of before. */
    private static <T> T saveAndRestore(Tree tree, T root, Class<T> type) {
        byte[] graph = new GraphWriter(types()).write(root);
        MemoryFile file = new SameMemory(tree.memory);
        return new GraphReader(types()).read(graph, type, Map.of(MemoryFile.class, file));
    }

    private record SameMemory(GuestMemory memory) implements MemoryFile {
        @Override
        public long size() {
            return memory.mapping().byteSize();
        }

        @Override
        public java.lang.foreign.MemorySegment mapping() {
            return memory.mapping();
        }

        @Override
        public void punch(long offset, long length) {
            memory.mapping().asSlice(offset, length).fill((byte) 0);
        }

        @Override
        public long nextData(long from) {
            return from;
        }

        @Override
        public long nextHole(long from) {
            return size();
        }
    }

    @Test
    void openFilesKeepContentPositionAndPath() throws Exception {
        tree.mkdir("/d");
        FileDescription file = tree.write("/d/f", "content");
        file.setPosition(3);
        tree.unlink("/d/f");

        FileDescription restored = saveAndRestore(tree, file, FileDescription.class);

        assertEquals("content", tree.text(restored));
        assertEquals(3, restored.position());
        assertEquals(0, restored.inode().stat().nlink());
    }

    @Test
    void namesAreFoundAgain() throws Exception {
        tree.mkdir("/d");
        tree.write("/d/f", "found");
        tree.symlink("d/f", "/l");
        FsContext fs = saveAndRestore(tree, tree.fs, FsContext.class);
        FakeCaller caller = new FakeCaller();
        var vfs = fs.root().inode().filesystem().vfs();
        var there = vfs.resolve(caller, fs, fs.cwd(), "/l", true);
        assertEquals("/d/f", vfs.pathOf(fs, there));
        assertSame(there.inode(), vfs.resolve(caller, fs, fs.cwd(), "/d/f", true).inode());
        assertEquals("found", tree.text(vfs.openPlace(caller, there, O_RDWR)));
        assertErrno(
                stasis.abi.Errno.EEXIST, () -> vfs.changes(caller, fs).mkdir(fs.cwd(), "/d", 0));
    }

    @Test
    void locksAreStillHeld() throws Exception {
        FileDescription file = tree.write("/f", "");
        file.inode().locks().flock(tree.caller, file, true, false);
        FileDescription restored = saveAndRestore(tree, file, FileDescription.class);
        FileDescription other = new FileDescription(restored.impl(), O_RDWR, null);
        assertErrno(EAGAIN, () -> restored.inode().locks().flock(tree.caller, other, false, false));
        restored.release(tree.caller);
        restored.inode().locks().flock(tree.caller, other, false, false);
    }

    @Test
    void overlaysKeepWhatWasRemovedAndWritten() throws Exception {
        tree.write("/gone", "g");
        tree.write("/kept", "lower");
        Overlay overlay = new Overlay(tree.vfs, tree.memory, tree.at("/").inode());
        Tree above = new Tree(tree.memory, tree.vfs, overlay);
        above.unlink("/gone");
        above.put(above.open("/kept", O_RDWR), 0, "UP");
        FsContext fs = saveAndRestore(tree, above.fs, FsContext.class);
        var vfs = fs.root().inode().filesystem().vfs();
        var kept = vfs.resolve(tree.caller, fs, fs.cwd(), "/kept", true);
        assertEquals("UPwer", tree.text(vfs.openPlace(tree.caller, kept, 0)));
        assertErrno(
                stasis.abi.Errno.ENOENT,
                () -> vfs.resolve(tree.caller, fs, fs.cwd(), "/gone", true));
    }

    @Test
    void savingTwiceGivesTheSameBytes() throws Exception {
        for (String name : new String[] {"b", "a", "c"}) tree.write("/" + name, name);
        byte[] once = new GraphWriter(types()).write(tree.fs);
        assertArrayEquals(once, new GraphWriter(types()).write(tree.fs));
    }

    @Test
    void theWholeTableIsAccepted() {
        SavedTypes types = new SavedTypes();
        stasis.kernel.fs.proc.ProcSavedTypes.addTo(types);
        assertEquals(17, types.classes().size());
    }
}
