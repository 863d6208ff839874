package stasis.kernel.fs;

import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.anon.AnonymousInode;
import stasis.kernel.fs.epoll.Epoll;
import stasis.kernel.fs.epoll.EpollItem;
import stasis.kernel.fs.eventfd.Eventfd;
import stasis.kernel.fs.host.HostFile;
import stasis.kernel.fs.host.HostStream;
import stasis.kernel.fs.host.HostTerminal;
import stasis.kernel.fs.pidfd.Pidfd;
import stasis.kernel.fs.pipe.FifoDevice;
import stasis.kernel.fs.pipe.PacketLengths;
import stasis.kernel.fs.pipe.Pipe;
import stasis.kernel.fs.pipe.PipeEnd;
import stasis.kernel.fs.signalfd.Signalfd;
import stasis.kernel.fs.timerfd.Arming;
import stasis.kernel.fs.timerfd.Timerfd;
import stasis.kernel.fs.timerfd.TimerfdClock;
import stasis.kernel.fs.tty.Devpts;
import stasis.kernel.fs.tty.DevptsDirectory;
import stasis.kernel.fs.tty.DevptsOptions;
import stasis.kernel.fs.tty.DevptsType;
import stasis.kernel.fs.tty.JobControl;
import stasis.kernel.fs.tty.LineDiscipline;
import stasis.kernel.fs.tty.OutputProcessing;
import stasis.kernel.fs.tty.PtmxInode;
import stasis.kernel.fs.tty.PtsInode;
import stasis.kernel.fs.tty.PtyMaster;
import stasis.kernel.fs.tty.Terminal;
import stasis.kernel.fs.tty.TerminalInput;
import stasis.kernel.fs.tty.TerminalSettings;
import stasis.kernel.fs.tty.TtyDevice;
import stasis.kernel.fs.tty.TtyFile;
import stasis.kernel.fs.tty.WindowSize;
import stasis.kernel.ring.ByteRing;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.socket.SocketOptions;
import stasis.kernel.socket.inet.IpLevel;
import stasis.kernel.socket.inet.RawSocket;
import stasis.kernel.socket.inet.TcpSocket;
import stasis.kernel.socket.inet.UdpSocket;
import stasis.kernel.socket.netlink.NetlinkSocket;
import stasis.kernel.socket.packet.PacketSocket;
import stasis.kernel.socket.unix.Inbox;
import stasis.kernel.socket.unix.UnixDatagramSocket;
import stasis.kernel.socket.unix.UnixMessage;
import stasis.kernel.socket.unix.UnixNames;
import stasis.kernel.socket.unix.UnixStreamSocket;
import stasis.state.SavedTypes;

import java.lang.invoke.MethodHandles;

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
                HostTerminal.class,
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
                // fs.tty
                Devpts.class,
                DevptsDirectory.class,
                DevptsOptions.class,
                DevptsType.class,
                JobControl.class,
                LineDiscipline.class,
                OutputProcessing.class,
                PtmxInode.class,
                PtsInode.class,
                PtyMaster.class,
                Terminal.class,
                TerminalInput.class,
                TerminalSettings.class,
                TtyDevice.class,
                TtyFile.class,
                WindowSize.class,
                // ring
                ByteRing.class,
                // socket
                PeerCredentials.class,
                SocketOptions.class,
                // socket.inet
                IpLevel.class,
                RawSocket.class,
                TcpSocket.class,
                UdpSocket.class,
                // socket.netlink
                NetlinkSocket.class,
                // socket.packet
                PacketSocket.class,
                // socket.unix
                Inbox.class,
                UnixDatagramSocket.class,
                UnixMessage.class,
                UnixNames.class,
                UnixStreamSocket.class);
    }
}
