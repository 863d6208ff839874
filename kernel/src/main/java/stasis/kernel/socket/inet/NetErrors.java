package stasis.kernel.socket.inet;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.net.NetError;

/** What goes wrong in the stack, as programs see it. */
final class NetErrors {
    private NetErrors() {}

    static Errno errno(NetError error) {
        return switch (error) {
            case WOULD_BLOCK -> Errno.EAGAIN;
            case IN_PROGRESS -> Errno.EINPROGRESS;
            case ALREADY_IN_PROGRESS -> Errno.EALREADY;
            case ALREADY_CONNECTED -> Errno.EISCONN;
            case NOT_CONNECTED -> Errno.ENOTCONN;
            case SHUT_DOWN -> Errno.EPIPE;
            case INVALID -> Errno.EINVAL;
            case NO_ROUTE -> Errno.ENETUNREACH;
            case HOST_UNREACHABLE -> Errno.EHOSTUNREACH;
            // Linux: icmp_err_convert
            case PROTOCOL_UNREACHABLE -> Errno.ENOPROTOOPT;
            case ADDRESS_IN_USE -> Errno.EADDRINUSE;
            case ADDRESS_NOT_AVAILABLE -> Errno.EADDRNOTAVAIL;
            case DESTINATION_REQUIRED -> Errno.EDESTADDRREQ;
            case CONNECTION_REFUSED -> Errno.ECONNREFUSED;
            case CONNECTION_RESET -> Errno.ECONNRESET;
            case CONNECTION_ABORTED -> Errno.ECONNABORTED;
            case TIMED_OUT -> Errno.ETIMEDOUT;
            case MESSAGE_TOO_LONG -> Errno.EMSGSIZE;
            case NO_BUFFERS -> Errno.ENOBUFS;
            case ACCESS_DENIED -> Errno.EACCES;
        };
    }

    /** Throws what {@code error} stands for, unless it is null. */
    static void check(@Nullable NetError error) throws ErrnoException {
        if (error != null) throw errno(error).exception();
    }

    /** {@code result} as it is, unless it stands for an error. */
    static long count(long result) throws ErrnoException {
        if (result < 0) throw errno(NetError.of(result)).exception();
        return result;
    }

    /** Where an error could only say what is known already. */
    static void ignore(@Nullable NetError error) {}

    /** SO_ERROR. */
    static int number(@Nullable NetError error) {
        return error == null ? 0 : errno(error).number();
    }
}
