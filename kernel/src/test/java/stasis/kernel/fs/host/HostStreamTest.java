package stasis.kernel.fs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.Poll.POLLHUP;
import static stasis.kernel.fs.IpcFixture.assertErrno;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;

import stasis.abi.Errno;
import stasis.kernel.fs.IpcFixture;
import stasis.kernel.fs.pipe.FifoDevice;
import stasis.kernel.vfs.FileDescription;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class HostStreamTest {
    private final IpcFixture caller = new IpcFixture();
    private final HostStream stream = new HostStream("stdin");

    private static void receive(HostStream to, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        long n =
                to.bringIn(
                        new byte[100],
                        (buffer, room) -> {
                            System.arraycopy(bytes, 0, buffer, 0, bytes.length);
                            return bytes.length;
                        });
        assertEquals(bytes.length, n);
    }

    private static String taken(HostStream from) throws InterruptedException {
        return from.awaitOutput() ? carried(from, 100) : "end";
    }

    /** What goes out if the outside takes {@code most} bytes at a time. */
    private static String carried(HostStream from, int most) {
        StringBuilder out = new StringBuilder();
        from.carryOut(
                new byte[100],
                (buffer, length) -> {
                    int n = Math.min(most, length);
                    out.append(new String(buffer, 0, n, ISO_8859_1));
                    return n;
                });
        return out.toString();
    }

    @Test
    void bytesFromOutsideAreReadUntilTheEnd() throws Exception {
        FileDescription file = stream.newFile(caller.vfs, caller, O_RDONLY);
        receive(stream, "typed");
        stream.inputEnded();
        assertEquals("typed", caller.read(file, 100));
        assertEquals("", caller.read(file, 100));
        assertEquals(POLLHUP, file.impl().readiness());
    }

    @Test
    void readerWaitsForThePump() throws Exception {
        FileDescription file = stream.newFile(caller.vfs, caller, O_RDONLY);
        caller.whileAsleep(() -> receive(stream, "late"));
        assertEquals("late", caller.read(file, 100));
    }

    @Test
    void outputIsTakenUntilAllDescriptorsAreClosed() throws Exception {
        FileDescription file = stream.newFile(caller.vfs, caller, O_WRONLY);
        FileDescription again =
                caller.open(new FifoDevice().open(caller, file.inode(), O_WRONLY), O_WRONLY);
        caller.write(file, "one ");
        caller.write(again, "two");
        file.release(caller);
        assertEquals("one two", taken(stream));
        caller.write(again, "three");
        again.release(caller);
        assertEquals("three", taken(stream));
        assertEquals("end", taken(stream));
    }

    @Test
    void outputIsBounded() throws Exception {
        FileDescription file = stream.newFile(caller.vfs, caller, O_WRONLY | O_NONBLOCK);
        assertEquals(65536, caller.write(file, "x".repeat(100_000)));
        assertErrno(Errno.EAGAIN, () -> caller.write(file, "x"));
        taken(stream);
        assertEquals(100, caller.write(file, "x".repeat(100_000)));
    }

    @Test
    void writingToABrokenStreamRaisesSigpipe() {
        FileDescription file = stream.newFile(caller.vfs, caller, O_WRONLY);
        stream.outputFailed();
        assertErrno(Errno.EPIPE, () -> caller.write(file, "x"));
        assertEquals(1, caller.sigpipes);
    }

    @Test
    void pendingBytesSurviveAndTheSlotIsFoundAgain() throws Exception {
        FileDescription file = stream.newFile(caller.vfs, caller, O_RDWR);
        receive(stream, "unread");
        caller.write(file, "unsent");
        List<HostStream> attached = new ArrayList<>();
        FileDescription restored =
                caller.saveAndRestore(
                        file,
                        FileDescription.class,
                        Map.of(HostStreams.class, (HostStreams) attached::add));
        assertEquals("stdin", attached.getFirst().slot());
        assertEquals("unread", caller.read(restored, 100));
        assertEquals("unsent", taken(attached.getFirst()));
    }

    @Test
    void whatTheOutsideDoesNotTakeStays() throws Exception {
        FileDescription file = stream.newFile(caller.vfs, caller, O_WRONLY);
        caller.write(file, "abcdef");
        assertEquals("ab", carried(stream, 2));
        assertEquals(4, stream.pendingOutput());
        assertEquals("cdef", taken(stream));
    }

    @Test
    void noByteMovesWhileTheStreamIsSuspended() throws Exception {
        FileDescription file = stream.newFile(caller.vfs, caller, O_RDWR);
        caller.write(file, "pending");
        assertTrue(stream.suspend());
        assertEquals("", carried(stream, 100));
        assertEquals(0, stream.pendingOutput()); // nothing that a pump will carry out
        assertEquals(1, stream.bringIn(new byte[10], (buffer, room) -> 7));
        stream.resume();
        assertEquals("pending", taken(stream));
    }

    @Test
    void onlyAsMuchIsBroughtInAsThereIsRoom() {
        byte[] buffer = new byte[70_000];
        assertEquals(65536, stream.bringIn(buffer, (bytes, room) -> room));
        assertEquals(1, stream.bringIn(buffer, (bytes, room) -> room));
    }
}
