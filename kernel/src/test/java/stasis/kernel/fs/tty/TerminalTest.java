package stasis.kernel.fs.tty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Signal.SIGINT;
import static stasis.abi.Signal.SIGTSTP;
import static stasis.abi.Signal.SIGWINCH;
import static stasis.abi.Termios.ECHO;
import static stasis.abi.Termios.ICANON;
import static stasis.abi.Termios.IUTF8;
import static stasis.abi.Termios.VMIN;
import static stasis.abi.Termios.VTIME;
import static stasis.kernel.fs.IpcFixture.assertErrno;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.Ioctls;
import stasis.kernel.fs.FakeMemory;
import stasis.kernel.fs.IpcFixture;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.time.HostClock;
import stasis.kernel.vfs.FileDescription;
import stasis.state.SavedTypes;
import stasis.state.graph.GraphReader;
import stasis.state.graph.GraphWriter;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

class TerminalTest {
    private final IpcFixture caller = new IpcFixture();
    private final RecordedJobs jobs = new RecordedJobs();
    private final Terminal terminal = new Terminal(0, jobs);
    private final FileDescription slave = open();

    private FileDescription open() {
        terminal.setLocked(false);
        var inode = AnonymousFilesystem.newOther(caller.vfs, caller, "tty");
        try {
            return caller.open(TtyFile.open(terminal, caller, inode, O_RDWR), O_RDWR);
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    private void type(String text) throws ErrnoException {
        byte[] bytes = text.getBytes(ISO_8859_1);
        assertEquals(bytes.length, terminal.type(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    private String shown(Terminal of) throws ErrnoException {
        MemorySegment to = MemorySegment.ofArray(new byte[20_000]);
        long n = of.show(to, 0, 20_000);
        return new String(to.asSlice(0, n).toArray(JAVA_BYTE), ISO_8859_1);
    }

    private String read() throws Exception {
        return caller.read(slave, 1000);
    }

    /** Switches off {@code local}, switches on {@code input}, sets MIN and TIME. */
    private void set(int local, int input, int min, int time) {
        byte[] b = terminal.settings().toBytes(TerminalSettings.BYTES);
        ByteBuffer buffer = ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putInt(0, buffer.getInt(0) | input);
        buffer.putInt(12, buffer.getInt(12) & ~local);
        b[17 + VMIN] = (byte) min;
        b[17 + VTIME] = (byte) time;
        terminal.setSettings(TerminalSettings.read(b), false);
    }

    @Test
    void lineIsReadWhenItIsComplete() throws Exception {
        type("ls");
        assertEquals(0, slave.impl().readiness() & POLLIN);
        type("\rnext");
        assertEquals("ls\n", read());
        assertEquals("ls\r\nnext", shown(terminal));
    }

    @Test
    void longLineIsReadInParts() throws Exception {
        type("abcdef\nsecond\n");
        assertEquals("abc", caller.read(slave, 3));
        assertEquals("def\n", read());
        assertEquals("second\n", read());
    }

    @Test
    void eraseWordAndKillEditTheLine() throws Exception {
        type("one two thr\177ee\n");
        assertEquals("one two thee\n", read());
        type("one two\027three\n");
        assertEquals("one three\n", read());
        type("wrong\025right\n");
        assertEquals("right\n", read());
        assertTrue(shown(terminal).contains("\b \b"));
    }

    @Test
    void eraseTakesAWholeCharacterOfUtf8() throws Exception {
        set(0, IUTF8, 1, 0);
        type(new String("a\u00e9".getBytes(UTF_8), ISO_8859_1) + "\177b\n");
        assertEquals("ab\n", read());
        assertEquals(1, shown(terminal).split("\b \b", -1).length - 1);
    }

    @Test
    void endOfFileEndsAReadWithoutANewline() throws Exception {
        type("half\004");
        assertEquals("half", read());
        type("\004");
        assertEquals("", read());
    }

    @Test
    void specialCharacterCanBeQuoted() throws Exception {
        type("a\026\003b\n");
        assertEquals("a\003b\n", read());
        assertEquals(List.of(), jobs.signals);
    }

    @Test
    void interruptSignalsAndFlushes() throws Exception {
        type("gone");
        type("\003");
        assertEquals(List.of(SIGINT), jobs.signals);
        assertEquals("^C", shown(terminal));
        type("\032x\n");
        assertEquals(List.of(SIGINT, SIGTSTP), jobs.signals);
        assertEquals("x\n", read());
    }

    @Test
    void outputStopsAndStarts() throws Exception {
        type("\023");
        slave.setFlags(O_NONBLOCK, O_NONBLOCK);
        assertErrno(Errno.EAGAIN, () -> caller.write(slave, "x"));
        assertEquals(0, slave.impl().readiness() & POLLOUT);
        type("\021");
        caller.write(slave, "a\nb");
        assertEquals("a\r\nb", shown(terminal));
    }

    @Test
    void outputIsBoundedAndGoesOn() throws Exception {
        for (int i = 0; i < 3; i++) caller.whileAsleep(() -> shown(terminal));
        assertEquals(20_000, caller.write(slave, "x".repeat(20_000)));
    }

    @Test
    void rawModeGivesWhatMinAsksFor() throws Exception {
        type("typed ahead");
        set(ICANON | ECHO, 0, 3, 0);
        assertEquals("typed ahead", read());
        type("ab");
        assertEquals(0, slave.impl().readiness() & POLLIN);
        caller.whileAsleep(() -> type("c"));
        assertEquals("abc", read());
        set(0, 0, 0, 0);
        assertEquals("", read());
    }

    @Test
    void rawReadGivesUpAfterTime() throws Exception {
        set(ICANON | ECHO, 0, 0, 5);
        caller.whileAsleep(() -> caller.advance(500_000_000));
        assertEquals("", read());
        set(0, 0, 10, 5);
        type("ab");
        caller.whileAsleep(() -> caller.advance(500_000_000));
        assertEquals("ab", read());
    }

    @Test
    void masterCloseHangsUp() throws Exception {
        terminal.hangUp();
        assertTrue(jobs.hungUp);
        assertEquals("", read());
        assertErrno(Errno.EIO, () -> caller.write(slave, "x"));
        assertErrno(
                Errno.EIO, () -> slave.impl().ioctl(slave, caller, Ioctls.TCGETS, FakeMemory.BASE));
    }

    @Test
    void masterSeesTheLastSlaveGo() throws Exception {
        caller.write(slave, "bye");
        slave.release(caller);
        assertEquals("bye", shown(terminal));
        assertErrno(Errno.EIO, () -> shown(terminal));
        assertEquals(POLLHUP, terminal.masterReadiness() & POLLHUP);
    }

    @Test
    void settingsAndSizeGoThroughIoctl() throws Exception {
        long at = FakeMemory.BASE;
        slave.impl().ioctl(slave, caller, Ioctls.TCGETS, at);
        assertEquals(0x500, caller.memory.readInt(at));
        assertEquals(5, caller.memory.readInt(at + 4));
        assertEquals(0xbf, caller.memory.readInt(at + 8));
        assertEquals(0x8a3b, caller.memory.readInt(at + 12));
        assertEquals(3, caller.memory.readByte(at + 17));
        caller.memory.writeLong(at, 0x0000_0000_0050_0018L);
        slave.impl().ioctl(slave, caller, Ioctls.TIOCSWINSZ, at);
        slave.impl().ioctl(slave, caller, Ioctls.TIOCSWINSZ, at);
        assertEquals(List.of(SIGWINCH), jobs.signals);
        assertEquals(new WindowSize(24, 80, 0, 0), terminal.size());
    }

    @Test
    void endlessLineDoesNotGrowWithoutBound() throws Exception {
        for (int i = 0; i < 20; i++) type("x".repeat(1000));
        assertEquals(TerminalInput.CAPACITY, shown(terminal).length());
        type("\n");
        assertEquals(4096, caller.read(slave, 100_000).length());
    }

    @Test
    void typedAndUnshownSurviveASnapshot() throws Exception {
        type("line\nhal");
        caller.write(slave, "shown later");
        SavedTypes types = IpcFixture.types();
        types.add(MethodHandles.lookup(), RecordedJobs.class);
        byte[] bytes = new GraphWriter(types).write(slave);
        FileDescription restored =
                new GraphReader(types)
                        .read(bytes, FileDescription.class, Map.of(HostClock.class, caller.host));
        Terminal again = ((TtyFile) restored.impl()).terminal();
        assertEquals("line\r\nhalshown later", shown(again));
        byte[] rest = "f\n".getBytes(ISO_8859_1);
        again.type(MemorySegment.ofArray(rest), 0, rest.length);
        assertEquals("line\n", caller.read(restored, 1000));
        assertEquals("half\n", caller.read(restored, 1000));
    }
}
