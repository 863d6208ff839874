package stasis.kernel.socket.unix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLHUP;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLOUT;
import static stasis.abi.Poll.POLLRDHUP;
import static stasis.abi.Socket.MSG_PEEK;
import static stasis.abi.Socket.MSG_TRUNC;
import static stasis.abi.Socket.SHUT_WR;
import static stasis.abi.Socket.SOCK_SEQPACKET;
import static stasis.abi.Socket.SOCK_STREAM;
import static stasis.abi.Socket.SOL_SOCKET;
import static stasis.abi.Socket.SO_ACCEPTCONN;
import static stasis.abi.Socket.SO_ERROR;
import static stasis.abi.Socket.SO_PASSCRED;
import static stasis.abi.Socket.SO_PEERCRED;
import static stasis.abi.Socket.SO_RCVTIMEO;
import static stasis.abi.Socket.SO_SNDBUF;
import static stasis.kernel.fs.IpcFixture.assertErrno;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import stasis.abi.Errno;
import stasis.abi.SyscallException;
import stasis.kernel.fs.IpcFixture;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.eventfd.Eventfd;
import stasis.kernel.socket.Incoming;
import stasis.kernel.socket.Outgoing;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.socket.SocketFile;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

class UnixSocketTest {
    private final IpcFixture caller = new IpcFixture();

    private UnixStreamSocket stream(int type) {
        return new UnixStreamSocket(AnonymousFilesystem.newSocket(caller.vfs, caller), type);
    }

    private UnixDatagramSocket datagram() {
        return new UnixDatagramSocket(AnonymousFilesystem.newSocket(caller.vfs, caller));
    }

    private UnixStreamSocket[] pair(int type) {
        UnixStreamSocket[] both = {stream(type), stream(type)};
        UnixStreamSocket.join(caller, both[0], both[1]);
        return both;
    }

    private FileDescription open(SocketFile socket) {
        return caller.open(socket, O_RDWR);
    }

    private static byte[] name(String text) {
        return UnixAddress.ofAbstract(text);
    }

    private long send(SocketFile from, String text, byte @Nullable [] to, FileDescription... files)
            throws SyscallException {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return from.send(
                caller,
                new Outgoing(
                        MemorySegment.ofArray(bytes),
                        0,
                        bytes.length,
                        to,
                        List.of(files),
                        PeerCredentials.real(caller)));
    }

    private Incoming received = new Incoming(MemorySegment.NULL, 0, 0, 0);

    private String receive(SocketFile from, int most, int flags) throws SyscallException {
        byte[] bytes = new byte[most];
        received = new Incoming(MemorySegment.ofArray(bytes), 0, most, flags);
        long n = from.receive(caller, received);
        return new String(bytes, 0, (int) n, ISO_8859_1);
    }

    private static int integer(byte @Nullable [] value) {
        assertNotNull(value);
        return ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Test
    void streamJoinsAndSplitsWhatWasSent() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_STREAM);
        send(both[0], "hello ", null);
        send(both[0], "world", null);
        assertEquals("hell", receive(both[1], 4, 0));
        assertEquals("o world", receive(both[1], 100, MSG_PEEK));
        assertEquals("o world", receive(both[1], 100, 0));
        assertErrno(Errno.EAGAIN, () -> receive(both[1], 1, 0));
    }

    @Test
    void packetsStayWhole() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_SEQPACKET);
        send(both[0], "first", null);
        send(both[0], "second", null);
        assertEquals("fi", receive(both[1], 2, 0));
        assertEquals(MSG_TRUNC, received.outFlags);
        assertEquals(5, received.fullLength);
        assertEquals("second", receive(both[1], 100, 0));
    }

    @Test
    void connectionIsMadeThroughAnAbstractName() throws Exception {
        UnixStreamSocket server = stream(SOCK_STREAM);
        UnixStreamSocket client = stream(SOCK_STREAM);
        assertErrno(Errno.ECONNREFUSED, () -> client.connect(caller, name("srv")));
        server.bind(caller, name("srv"));
        assertErrno(Errno.ECONNREFUSED, () -> client.connect(caller, name("srv")));
        server.listen(caller, 5);
        client.connect(caller, name("srv"));
        assertEquals(POLLIN, server.readiness() & (POLLIN | POLLOUT));
        SocketFile accepted = server.accept(caller);
        send(client, "ping", null);
        assertEquals("ping", receive(accepted, 100, 0));
        assertArrayEquals(name("srv"), client.peerAddress());
        assertArrayEquals(UnixAddress.unnamed(), accepted.peerAddress());
        assertEquals(1, integer(server.option(SOL_SOCKET, SO_ACCEPTCONN)));
        assertEquals(caller.pid(), integer(client.option(SOL_SOCKET, SO_PEERCRED)));
        assertErrno(Errno.EISCONN, () -> client.connect(caller, name("srv")));
        assertErrno(Errno.EADDRINUSE, () -> stream(SOCK_STREAM).bind(caller, name("srv")));
    }

    @Test
    void fullBacklogRefusesForNow() throws Exception {
        UnixStreamSocket server = stream(SOCK_STREAM);
        server.bind(caller, name("srv"));
        server.listen(caller, 0);
        stream(SOCK_STREAM).connect(caller, name("srv"));
        UnixStreamSocket late = stream(SOCK_STREAM);
        assertErrno(Errno.EAGAIN, () -> late.connect(caller, name("srv")));
        server.accept(caller);
        late.connect(caller, name("srv"));
    }

    @Test
    void closedServerResetsWhoWasNotAccepted() throws Exception {
        UnixStreamSocket server = stream(SOCK_STREAM);
        server.bind(caller, name("srv"));
        server.listen(caller, 5);
        UnixStreamSocket client = stream(SOCK_STREAM);
        client.connect(caller, name("srv"));
        server.release(caller);
        assertEquals(POLLERR | POLLHUP, client.readiness() & (POLLERR | POLLHUP));
        assertErrno(Errno.ECONNRESET, () -> receive(client, 1, 0));
        assertErrno(Errno.ECONNREFUSED, () -> stream(SOCK_STREAM).connect(caller, name("srv")));
    }

    @Test
    void shutdownIsTheEndForThePeer() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_STREAM);
        send(both[0], "last", null);
        both[0].shutdown(SHUT_WR);
        assertEquals(POLLIN | POLLRDHUP, both[1].readiness() & (POLLIN | POLLRDHUP | POLLHUP));
        assertEquals("last", receive(both[1], 100, 0));
        assertEquals("", receive(both[1], 100, 0));
        assertErrno(Errno.EPIPE, () -> send(both[0], "x", null));
        send(both[1], "other way", null);
        assertEquals("other way", receive(both[0], 100, 0));
    }

    @Test
    void closingWithUnreadDataResetsTheConnection() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_STREAM);
        send(both[0], "unread", null);
        both[1].release(caller);
        assertEquals(Errno.ECONNRESET.number(), integer(both[0].option(SOL_SOCKET, SO_ERROR)));
        assertEquals("", receive(both[0], 100, 0));
        assertErrno(Errno.EPIPE, () -> send(both[0], "x", null));
        FileDescription file = open(both[0]);
        assertErrno(Errno.EPIPE, () -> caller.write(file, "x"));
        assertEquals(1, caller.sigpipes);
    }

    @Test
    void writerWaitsForRoomAndReaderMakesIt() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_STREAM);
        byte[] small = new byte[] {0, 0x20, 0, 0};
        both[0].setOption(caller, SOL_SOCKET, SO_SNDBUF, small);
        FileDescription out = open(both[0]);
        FileDescription in = open(both[1]);
        for (int i = 0; i < 5; i++) caller.whileAsleep(() -> caller.read(in, 20_000));
        assertEquals(60_000, caller.write(out, "x".repeat(60_000)));
    }

    @Test
    void receiveTimeoutEndsARead() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_STREAM);
        byte[] half = new byte[16];
        ByteBuffer.wrap(half).order(ByteOrder.LITTLE_ENDIAN).putLong(8, 500_000);
        both[0].setOption(caller, SOL_SOCKET, SO_RCVTIMEO, half);
        FileDescription in = open(both[0]);
        assertErrno(Errno.EAGAIN, () -> caller.read(in, 1));
        assertEquals(500_000_000, caller.clock.now());
        assertArrayEquals(half, both[0].option(SOL_SOCKET, SO_RCVTIMEO));
    }

    @Test
    void datagramsFindTheirWayByName() throws Exception {
        UnixDatagramSocket server = datagram();
        server.bind(caller, name("log"));
        UnixDatagramSocket client = datagram();
        client.bind(caller, new byte[] {1, 0});
        assertEquals(8, client.localAddress().length);
        send(client, "line 1", name("log"));
        client.connect(caller, name("log"));
        send(client, "", null);
        assertEquals("line 1", receive(server, 100, 0));
        assertArrayEquals(client.localAddress(), received.address);
        assertEquals("", receive(server, 100, 0));
        assertErrno(Errno.ENOTCONN, () -> send(datagram(), "x", null));
        server.release(caller);
        assertErrno(Errno.ECONNREFUSED, () -> send(client, "x", null));
        assertErrno(Errno.ENOTCONN, () -> send(client, "x", null));
    }

    @Test
    void datagramsToABusyReceiverWait() throws Exception {
        UnixDatagramSocket server = datagram();
        server.bind(caller, name("log"));
        UnixDatagramSocket client = datagram();
        client.connect(caller, name("log"));
        for (int i = 0; i < 11; i++) send(client, "m", null);
        assertErrno(Errno.EAGAIN, () -> send(client, "m", null));
        assertEquals(0, client.readiness() & POLLOUT);
        receive(server, 1, 0);
        assertEquals(POLLOUT, client.readiness() & POLLOUT);
        assertErrno(Errno.EMSGSIZE, () -> send(client, "x".repeat(300_000), null));
    }

    @Test
    void descriptorsTravelAndEndTheRead() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_STREAM);
        FileDescription sent = eventfd(3);
        send(both[0], "a", null);
        send(both[0], "b", null, sent);
        send(both[0], "c", null);
        assertEquals("ab", receive(both[1], 100, 0));
        assertSame(sent, received.files.getFirst());
        assertEquals("c", receive(both[1], 100, 0));
        assertEquals(List.of(), received.files);
    }

    private FileDescription eventfd(int count) {
        return caller.open(
                new Eventfd(
                        AnonymousFilesystem.newOther(caller.vfs, caller, "[eventfd]"),
                        count,
                        false),
                O_RDONLY);
    }

    @Test
    void descriptorsInFlightAreReleasedWithTheirSocket() throws Exception {
        FileDescription innermost = open(pair(SOCK_STREAM)[0]);
        boolean[] closed = new boolean[1];
        innermost.watchClose(_ -> closed[0] = true);
        for (int i = 0; i < 5_000; i++) {
            UnixStreamSocket[] both = pair(SOCK_STREAM);
            send(both[0], "x", null, innermost);
            innermost.release(caller);
            innermost = open(both[1]);
        }
        innermost.release(caller);
        assertEquals(true, closed[0]);
    }

    @Test
    void credentialsSplitAStreamIfTheyAreAskedFor() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_STREAM);
        both[1].setOption(caller, SOL_SOCKET, SO_PASSCRED, new byte[] {1, 0, 0, 0});
        send(both[0], "seven", null);
        caller.pid = 8;
        send(both[0], "eight", null);
        assertEquals("seven", receive(both[1], 100, 0));
        assertEquals(new PeerCredentials(7, 0, 0), received.credentials);
        assertEquals("eight", receive(both[1], 100, 0));
        assertEquals(new PeerCredentials(8, 0, 0), received.credentials);
    }

    @Test
    void connectionsAndDescriptorsInFlightSurviveASnapshot() throws Exception {
        UnixStreamSocket[] both = pair(SOCK_STREAM);
        UnixStreamSocket server = stream(SOCK_STREAM);
        server.bind(caller, name("srv"));
        server.listen(caller, 5);
        stream(SOCK_STREAM).connect(caller, name("srv"));
        send(both[0], "with a file", null, eventfd(9));
        FdTable table = new FdTable();
        table.install(caller, open(both[0]), 0, false);
        table.install(caller, open(both[1]), 0, false);
        table.install(caller, open(server), 0, false);

        FdTable restored = caller.saveAndRestore(table, FdTable.class);
        SocketFile a = (SocketFile) restored.get(0).impl();
        SocketFile b = (SocketFile) restored.get(1).impl();
        SocketFile s = (SocketFile) restored.get(2).impl();
        assertEquals("with a file", receive(b, 100, 0));
        assertEquals(9, caller.read(received.files.getFirst(), 8).charAt(0));
        send(b, "answer", null);
        assertEquals("answer", receive(a, 100, 0));
        send(s.accept(caller), "late", null);
        stream(SOCK_STREAM).inode();
        restored.close(caller, 1);
        assertEquals("", receive(a, 100, 0));
    }
}
