package stasis.gofer.server;

import stasis.gofer.protocol.Buffer;
import stasis.gofer.protocol.MessageSocket;
import stasis.gofer.protocol.P9;
import stasis.gofer.protocol.ProtocolException;
import stasis.host.HostException;

import java.util.List;

/**
 * Serves one connection until its other end goes: 9P2000.L. Single-threaded: requests are answered
 * in order, so Tflush always comes after its request was done.
 *
 * <p>The client is not trusted: every name is one component, every step is confined to its export
 * ({@link HostFiles#CONFINED}), every number is looked up, every message bounded.
 */
public final class GoferServer {
    private static final int EIO = 5;
    private static final int EOPNOTSUPP = 95;

    private final MessageSocket socket;
    private final FidTable fids;
    private final Requests requests;

    public GoferServer(MessageSocket socket, List<Export> exports) {
        this.socket = socket;
        this.fids = new FidTable(exports);
        this.requests = new Requests(fids);
    }

    /** Returns when the client is gone. */
    public void serve() throws HostException, ProtocolException {
        Buffer in = new Buffer(P9.MSIZE);
        Buffer out = new Buffer(P9.MSIZE);
        try {
            while (socket.receive(in)) {
                int type = in.u8();
                int tag = in.u16();
                int fd = answer(in, out, type, tag);
                if (fd < 0) socket.send(out);
                else socket.send(out, fd);
            }
        } finally {
            fids.closeAll();
        }
    }

    /** Fills {@code out}; returns a descriptor to send along, or -1. */
    private int answer(Buffer in, Buffer out, int type, int tag) throws ProtocolException {
        int errno;
        try {
            out.start(type + 1, tag);
            int fd = requests.handle(type, in, out);
            if (fd != Requests.UNKNOWN) return fd;
            errno = EOPNOTSUPP;
        } catch (HostException e) {
            errno = e.errno() >= 0 ? e.errno() : EIO;
        }
        out.start(P9.RLERROR, tag).u32(errno);
        return -1;
    }
}
