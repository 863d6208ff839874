package stasis.kernel.socket;

import static stasis.abi.Errno.EDOM;
import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.ENOPROTOOPT;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Socket.SO_BROADCAST;
import static stasis.abi.Socket.SO_BSDCOMPAT;
import static stasis.abi.Socket.SO_BUSY_POLL;
import static stasis.abi.Socket.SO_DEBUG;
import static stasis.abi.Socket.SO_DONTROUTE;
import static stasis.abi.Socket.SO_KEEPALIVE;
import static stasis.abi.Socket.SO_LINGER;
import static stasis.abi.Socket.SO_MARK;
import static stasis.abi.Socket.SO_NOFCS;
import static stasis.abi.Socket.SO_NO_CHECK;
import static stasis.abi.Socket.SO_OOBINLINE;
import static stasis.abi.Socket.SO_PASSCRED;
import static stasis.abi.Socket.SO_PASSSEC;
import static stasis.abi.Socket.SO_PREFER_BUSY_POLL;
import static stasis.abi.Socket.SO_PRIORITY;
import static stasis.abi.Socket.SO_RCVBUF;
import static stasis.abi.Socket.SO_RCVBUFFORCE;
import static stasis.abi.Socket.SO_RCVLOWAT;
import static stasis.abi.Socket.SO_RCVTIMEO;
import static stasis.abi.Socket.SO_REUSEADDR;
import static stasis.abi.Socket.SO_REUSEPORT;
import static stasis.abi.Socket.SO_RXQ_OVFL;
import static stasis.abi.Socket.SO_SELECT_ERR_QUEUE;
import static stasis.abi.Socket.SO_SNDBUF;
import static stasis.abi.Socket.SO_SNDBUFFORCE;
import static stasis.abi.Socket.SO_SNDLOWAT;
import static stasis.abi.Socket.SO_SNDTIMEO;
import static stasis.abi.Socket.SO_TIMESTAMP;
import static stasis.abi.Socket.SO_TIMESTAMPING;
import static stasis.abi.Socket.SO_TIMESTAMPNS;

import org.jspecify.annotations.Nullable;

import stasis.abi.Capability;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.state.Saved;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.TreeMap;

/** What setsockopt(2) at level SOL_SOCKET keeps. Guarded by the socket's lock. */
@Saved("socket.SocketOptions")
public final class SocketOptions {
    /** net.core.wmem_default, rmem_default, wmem_max and rmem_max. */
    private static final int BUFFER = 212992;

    private static final int MIN_SEND_BUFFER = 4608;
    private static final int MIN_RECEIVE_BUFFER = 2304;
    private static final long SECOND = 1_000_000_000;

    /** -1: for ever. */
    private volatile long receiveTimeout = -1;

    private volatile long sendTimeout = -1;
    private volatile int sendBuffer = BUFFER;
    private volatile int receiveBuffer = BUFFER;

    /** Plain integers by option, 0 if absent. */
    private TreeMap<Integer, Integer> values = new TreeMap<>();

    private int lingerSeconds;

    public SocketOptions() {}

    /** With other buffers to begin with. */
    public SocketOptions(int sendBuffer, int receiveBuffer) {
        this.sendBuffer = sendBuffer;
        this.receiveBuffer = receiveBuffer;
    }

    public long receiveTimeout() {
        return receiveTimeout;
    }

    public long sendTimeout() {
        return sendTimeout;
    }

    public int sendBuffer() {
        return sendBuffer;
    }

    public int receiveBuffer() {
        return receiveBuffer;
    }

    /** Seconds to wait in close(2); negative: SO_LINGER is off. */
    public int lingerSeconds() {
        return isOn(SO_LINGER) ? lingerSeconds & Integer.MAX_VALUE : -1;
    }

    public boolean isOn(int option) {
        Integer value = values.get(option);
        return value != null && value != 0;
    }

    /** What accept(2) gives to the new socket. */
    public void copyFrom(SocketOptions other) {
        receiveTimeout = other.receiveTimeout;
        sendTimeout = other.sendTimeout;
        sendBuffer = other.sendBuffer;
        receiveBuffer = other.receiveBuffer;
        lingerSeconds = other.lingerSeconds;
        values = new TreeMap<>(other.values);
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    public static byte[] bytesOf(int value) {
        return wrap(new byte[4]).putInt(value).array();
    }

    /** Null if the option is none of these. */
    public byte @Nullable [] get(int option) {
        return switch (option) {
            case SO_RCVTIMEO -> time(receiveTimeout);
            case SO_SNDTIMEO -> time(sendTimeout);
            case SO_SNDBUF -> bytesOf(sendBuffer);
            case SO_RCVBUF -> bytesOf(receiveBuffer);
            case SO_LINGER ->
                    wrap(new byte[8]).putInt(isOn(SO_LINGER) ? 1 : 0).putInt(lingerSeconds).array();
            case SO_SNDLOWAT -> bytesOf(1);
            case SO_RCVLOWAT -> bytesOf(Math.max(1, values.getOrDefault(option, 1)));
            default -> isPlain(option) ? bytesOf(values.getOrDefault(option, 0)) : null;
        };
    }

    private static byte[] time(long nanos) {
        long known = Math.max(0, nanos);
        return wrap(new byte[16]).putLong(known / SECOND).putLong(known % SECOND / 1000).array();
    }

    private static boolean isPlain(int option) {
        return switch (option) {
            case SO_DEBUG,
                    SO_REUSEADDR,
                    SO_REUSEPORT,
                    SO_DONTROUTE,
                    SO_BROADCAST,
                    SO_KEEPALIVE,
                    SO_OOBINLINE,
                    SO_PRIORITY,
                    SO_BSDCOMPAT,
                    SO_PASSCRED,
                    SO_PASSSEC,
                    SO_TIMESTAMP,
                    SO_TIMESTAMPNS,
                    SO_MARK,
                    SO_NO_CHECK,
                    SO_RXQ_OVFL,
                    SO_SELECT_ERR_QUEUE,
                    SO_BUSY_POLL,
                    SO_PREFER_BUSY_POLL,
                    SO_TIMESTAMPING,
                    SO_NOFCS ->
                    true;
            default -> false;
        };
    }

    public void set(Caller caller, int option, byte[] value) throws ErrnoException {
        switch (option) {
            case SO_RCVTIMEO -> receiveTimeout = timeout(value);
            case SO_SNDTIMEO -> sendTimeout = timeout(value);
            case SO_SNDBUF -> sendBuffer = sendBuffer(Math.min(integer(value), BUFFER));
            case SO_RCVBUF -> receiveBuffer = receiveBuffer(Math.min(integer(value), BUFFER));
            case SO_SNDBUFFORCE, SO_RCVBUFFORCE -> force(caller, option, integer(value));
            case SO_LINGER -> {
                if (value.length < 8) throw EINVAL.exception();
                values.put(SO_LINGER, wrap(value).getInt(0) != 0 ? 1 : 0);
                lingerSeconds = wrap(value).getInt(4);
            }
            case SO_PRIORITY, SO_MARK -> {
                if (option == SO_MARK) checkAdmin(caller);
                values.put(option, integer(value));
            }
            case SO_RCVLOWAT, SO_BUSY_POLL, SO_TIMESTAMPING -> values.put(option, integer(value));
            default -> {
                if (!isPlain(option)) throw ENOPROTOOPT.exception();
                values.put(option, integer(value) != 0 ? 1 : 0);
            }
        }
    }

    private void force(Caller caller, int option, int value) throws ErrnoException {
        checkAdmin(caller);
        if (option == SO_SNDBUFFORCE) sendBuffer = sendBuffer(value);
        else receiveBuffer = receiveBuffer(value);
    }

    private static void checkAdmin(Caller caller) throws ErrnoException {
        if (!caller.credentials().has(Capability.CAP_NET_ADMIN)) throw EPERM.exception();
    }

    public static int integer(byte[] value) throws ErrnoException {
        if (value.length < 4) throw EINVAL.exception();
        return wrap(value).getInt(0);
    }

    /** Like Linux, twice what was asked for, socket(7). */
    private static int sendBuffer(int wanted) {
        return Math.clamp(2L * Math.max(0, wanted), MIN_SEND_BUFFER, 64 << 20);
    }

    private static int receiveBuffer(int wanted) {
        return Math.clamp(2L * Math.max(0, wanted), MIN_RECEIVE_BUFFER, 64 << 20);
    }

    private static long timeout(byte[] value) throws ErrnoException {
        if (value.length < 16) throw EINVAL.exception();
        long seconds = wrap(value).getLong(0);
        long micros = wrap(value).getLong(8);
        if (micros < 0 || micros >= 1_000_000) throw EDOM.exception();
        if (seconds < 0) return 0;
        if ((seconds == 0 && micros == 0) || seconds >= Long.MAX_VALUE / SECOND - 1) return -1;
        return seconds * SECOND + micros * 1000;
    }
}
