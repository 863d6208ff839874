package stasis.snapshots;

import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.state.AfterRestore;
import stasis.state.NotSaved;
import stasis.state.Restoration;
import stasis.state.Saved;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Where a program under test writes; what it wrote stays with the test over a restore. */
@Saved("test.CapturedOutput")
final class CapturedOutput implements FileImpl {
    /** Outside of the sandbox. */
    static final class Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        synchronized void add(byte[] more) {
            bytes.writeBytes(more);
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    @NotSaved("the test's")
    private Sink sink;

    private Inode inode;

    private CapturedOutput() {}

    CapturedOutput(Sink sink, Inode inode) {
        this.sink = sink;
        this.inode = inode;
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset) {
        sink.add(from.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
        return length;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @AfterRestore
    private void thaw(Restoration restoration) {
        sink = restoration.resource(Sink.class);
    }
}
