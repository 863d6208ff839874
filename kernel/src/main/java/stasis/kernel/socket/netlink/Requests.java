package stasis.kernel.socket.netlink;

import static stasis.abi.Errno.EINVAL;
import static stasis.abi.Errno.EOPNOTSUPP;
import static stasis.abi.Errno.EPERM;
import static stasis.abi.Netlink.NETLINK_CAP_ACK;
import static stasis.abi.Netlink.NETLINK_GET_STRICT_CHK;
import static stasis.abi.Netlink.NLMSG_DONE;
import static stasis.abi.Netlink.NLMSG_ERROR;
import static stasis.abi.Netlink.NLMSG_MIN_TYPE;
import static stasis.abi.Netlink.NLM_F_ACK;
import static stasis.abi.Netlink.NLM_F_CAPPED;
import static stasis.abi.Netlink.NLM_F_DUMP;
import static stasis.abi.Netlink.NLM_F_MULTI;
import static stasis.abi.Netlink.NLM_F_REQUEST;
import static stasis.abi.Rtnetlink.RTM_DELADDR;
import static stasis.abi.Rtnetlink.RTM_DELROUTE;
import static stasis.abi.Rtnetlink.RTM_GETADDR;
import static stasis.abi.Rtnetlink.RTM_GETLINK;
import static stasis.abi.Rtnetlink.RTM_GETNEIGH;
import static stasis.abi.Rtnetlink.RTM_GETROUTE;
import static stasis.abi.Rtnetlink.RTM_NEWADDR;
import static stasis.abi.Rtnetlink.RTM_NEWLINK;
import static stasis.abi.Rtnetlink.RTM_NEWROUTE;
import static stasis.abi.Rtnetlink.RTM_SETLINK;

import stasis.abi.Capability;
import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.net.Network;
import stasis.net.stack.NetStack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Answers requests, netlink(7). Precondition: the network's lock is held. */
final class Requests {
    /** Like Linux's, so that a reader's buffer of 8 KiB takes each answer. */
    private static final int MAX_ANSWER = 4096;

    private final NetStack stack;
    private final Caller caller;
    private final int port;
    private final Map<Integer, Integer> options;
    private final List<byte[]> answers = new ArrayList<>();
    private MessageWriter out = new MessageWriter();

    Requests(Network network, Caller caller, int port, Map<Integer, Integer> options) {
        this.stack = network.stack();
        this.caller = caller;
        this.port = port;
        this.options = options;
    }

    boolean isOn(int option) {
        return options.getOrDefault(option, 0) != 0;
    }

    /** Linux: netlink_rcv_skb. What is no whole message is not looked at. */
    List<byte[]> answer(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (bytes.length - at >= MessageWriter.HEADER) {
            int length = b.getInt(at);
            if (length < MessageWriter.HEADER || length > bytes.length - at) break;
            one(new MessageReader(Arrays.copyOfRange(bytes, at, at + length)));
            at += length + 3 & ~3;
        }
        return answers;
    }

    private void one(MessageReader request) {
        if (!request.has(NLM_F_REQUEST) || request.type() < NLMSG_MIN_TYPE) {
            if (request.has(NLM_F_ACK)) acknowledge(request, 0);
            return;
        }
        try {
            boolean done = run(request);
            flush();
            if (!done && request.has(NLM_F_ACK)) acknowledge(request, 0);
        } catch (ErrnoException e) {
            out = new MessageWriter();
            acknowledge(request, e.errno().number());
        }
    }

    /** True if what was written says by itself that it is all. */
    private boolean run(MessageReader request) throws ErrnoException {
        int type = request.type();
        boolean asks = (type & 3) == (RTM_GETLINK & 3);
        if (!asks) checkAdmin();
        if (asks && request.has(NLM_F_DUMP)) {
            dump(request);
            return true;
        }
        switch (type) {
            case RTM_GETLINK -> Links.get(this, request);
            case RTM_NEWLINK, RTM_SETLINK -> Links.set(this, request);
            case RTM_NEWADDR -> Addresses.add(this, request);
            case RTM_DELADDR -> Addresses.remove(this, request);
            case RTM_GETROUTE -> Routes.get(this, request);
            case RTM_NEWROUTE -> Routes.add(this, request);
            case RTM_DELROUTE -> Routes.remove(this, request);
            default -> throw EOPNOTSUPP.exception();
        }
        return false;
    }

    private void checkAdmin() throws ErrnoException {
        if (!caller.credentials().has(Capability.CAP_NET_ADMIN)) throw EPERM.exception();
    }

    private void dump(MessageReader request) throws ErrnoException {
        switch (request.type()) {
            case RTM_GETLINK -> Links.dump(this, request);
            case RTM_GETADDR -> Addresses.dump(this, request);
            case RTM_GETROUTE -> Routes.dump(this, request);
            case RTM_GETNEIGH -> Neighbours.dump(this, request);
            default -> throw EOPNOTSUPP.exception();
        }
        flush();
        begin(request, NLMSG_DONE).u32(0);
        out.end();
        flush();
    }

    NetStack stack() {
        return stack;
    }

    /** The interface that a dump is limited to; 0: none. Linux: NETLINK_GET_STRICT_CHK. */
    int onlyNic(MessageReader request, int offset) {
        return isOn(NETLINK_GET_STRICT_CHK) ? request.u32(offset) : 0;
    }

    // ---- writing ----

    /** The next message of an answer to {@code request}. */
    MessageWriter begin(MessageReader request, int type) {
        if (out.length() > MAX_ANSWER) flush();
        int flags = request.has(NLM_F_DUMP) ? NLM_F_MULTI : 0;
        return out.begin(type, flags, request.sequence(), port);
    }

    private void flush() {
        if (out.length() == 0) return;
        answers.add(out.bytes());
        out = new MessageWriter();
    }

    /** NLMSG_ERROR: the error, and the request or its header. */
    private void acknowledge(MessageReader request, int errno) {
        boolean whole = errno != 0 && !isOn(NETLINK_CAP_ACK);
        int flags = whole || request.bytes().length == MessageWriter.HEADER ? 0 : NLM_F_CAPPED;
        byte[] quoted =
                whole ? request.bytes() : Arrays.copyOf(request.bytes(), MessageWriter.HEADER);
        out.begin(NLMSG_ERROR, flags, request.sequence(), port).u32(-errno).raw(quoted);
        out.end();
        flush();
    }

    static ErrnoException invalid() {
        return EINVAL.exception();
    }

    static ErrnoException error(Errno errno) {
        return errno.exception();
    }
}
