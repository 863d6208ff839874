package stasis.kernel.fs;

import java.lang.invoke.MethodHandles;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.anon.AnonymousInode;
import stasis.kernel.fs.epoll.Epoll;
import stasis.kernel.fs.epoll.EpollItem;
import stasis.kernel.fs.eventfd.Eventfd;
import stasis.kernel.fs.host.HostFile;
import stasis.kernel.fs.host.HostStream;
import stasis.kernel.fs.pidfd.Pidfd;
import stasis.kernel.fs.pipe.FifoDevice;
import stasis.kernel.fs.pipe.PacketLengths;
import stasis.kernel.fs.pipe.Pipe;
import stasis.kernel.fs.pipe.PipeEnd;
import stasis.kernel.fs.signalfd.Signalfd;
import stasis.kernel.fs.timerfd.Arming;
import stasis.kernel.fs.timerfd.Timerfd;
import stasis.kernel.fs.timerfd.TimerfdClock;
import stasis.kernel.ring.ByteRing;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.socket.unix.Inbox;
import stasis.kernel.socket.unix.UnixDatagramSocket;
import stasis.kernel.socket.unix.UnixMessage;
import stasis.kernel.socket.unix.UnixNames;
import stasis.kernel.socket.unix.UnixStreamSocket;
import stasis.state.SavedTypes;

/** Every saved class of pipes, events, sockets and terminals, by package. */
public final class IpcSavedTypes {
    private IpcSavedTypes() {}

    public static SavedTypes addTo(SavedTypes types) {
        return types.add(
                MethodHandles.lookup(),
                // fs.anon
                AnonymousFilesystem.class,
                AnonymousInode.class,
                // fs.epoll
                Epoll.class,
                EpollItem.class,
                // fs.eventfd
                Eventfd.class,
                // fs.host
                HostFile.class,
                HostStream.class,
                // fs.pidfd
                Pidfd.class,
                // fs.pipe
                FifoDevice.class,
                PacketLengths.class,
                Pipe.class,
                PipeEnd.class,
                // fs.signalfd
                Signalfd.class,
                // fs.timerfd
                Arming.class,
                Timerfd.class,
                TimerfdClock.class,
                // ring
                ByteRing.class,
                // socket
                PeerCredentials.class,
                SocketOptions.class,
                // socket.unix
                Inbox.class,
                UnixDatagramSocket.class,
                UnixMessage.class,
                UnixNames.class,
                UnixStreamSocket.class);
    }
}
