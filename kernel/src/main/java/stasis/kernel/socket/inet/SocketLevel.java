package stasis.kernel.socket.inet;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Socket.SO_ACCEPTCONN;
import static stasis.abi.Socket.SO_BINDTODEVICE;
import static stasis.abi.Socket.SO_BINDTOIFINDEX;
import static stasis.abi.Socket.SO_COOKIE;
import static stasis.abi.Socket.SO_DOMAIN;
import static stasis.abi.Socket.SO_ERROR;
import static stasis.abi.Socket.SO_INCOMING_CPU;
import static stasis.abi.Socket.SO_PEERCRED;
import static stasis.abi.Socket.SO_PROTOCOL;
import static stasis.abi.Socket.SO_TYPE;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.socket.SocketOptions;
import stasis.net.ip.Nic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** SOL_SOCKET, socket(7), of sockets of the Internet. */
final class SocketLevel {
    private SocketLevel() {}

    static byte @Nullable [] get(InetSocket s, int name) {
        return switch (name) {
            case SO_TYPE -> SocketOptions.bytesOf(s.type());
            case SO_DOMAIN -> SocketOptions.bytesOf(s.domain());
            case SO_PROTOCOL -> SocketOptions.bytesOf(s.protocol());
            case SO_ACCEPTCONN -> SocketOptions.bytesOf(s.isListening() ? 1 : 0);
            case SO_ERROR -> SocketOptions.bytesOf(NetErrors.number(s.takeError()));
            case SO_COOKIE -> words(8).putLong(s.inode().ino()).array();
            // Like Linux: nobody is known
            case SO_PEERCRED -> words(12).putInt(0).putInt(-1).putInt(-1).array();
            case SO_BINDTODEVICE -> deviceName(s);
            case SO_BINDTOIFINDEX -> SocketOptions.bytesOf(s.way().nicIndex());
            case SO_INCOMING_CPU -> SocketOptions.bytesOf(0);
            default -> s.options().get(name);
        };
    }

    private static ByteBuffer words(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** With its NUL; empty without one. */
    private static byte[] deviceName(InetSocket s) {
        Nic nic = s.stack().ip().nic(s.way().nicIndex());
        if (nic == null) return new byte[0];
        return (nic.name() + "\0").getBytes(StandardCharsets.ISO_8859_1);
    }

    static void set(InetSocket s, Caller caller, int name, byte[] value) throws ErrnoException {
        switch (name) {
            case SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN, SO_ERROR, SO_PEERCRED ->
                    throw ENOPROTOOPT.exception();
            case SO_BINDTODEVICE -> bindToDevice(s, value);
            case SO_BINDTOIFINDEX -> bindToNic(s, SocketOptions.integer(value));
            default -> s.options().set(caller, name, value);
        }
        s.optionsChanged();
    }

    private static void bindToDevice(InetSocket s, byte[] value) throws ErrnoException {
        String name = new String(value, StandardCharsets.ISO_8859_1).split("\0", 2)[0];
        if (name.isEmpty()) {
            bindToNic(s, 0);
            return;
        }
        for (Nic nic : s.stack().ip().nics()) {
            if (!nic.name().equals(name)) continue;
            bindToNic(s, nic.index());
            return;
        }
        throw ENODEV.exception();
    }

    private static void bindToNic(InetSocket s, int index) throws ErrnoException {
        if (index < 0) throw EINVAL.exception();
        if (index > 0 && s.stack().ip().nic(index) == null) throw ENODEV.exception();
        s.setWay(s.way().withNic(index));
    }
}
