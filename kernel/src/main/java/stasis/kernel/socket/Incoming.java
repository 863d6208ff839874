package stasis.kernel.socket;

import static stasis.abi.Socket.MSG_PEEK;

import org.jspecify.annotations.Nullable;

import stasis.kernel.vfs.FileDescription;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Where a message is to go, and what else came with it. */
public final class Incoming {
    private final MemorySegment to;
    private final long at;
    private final long length;
    private final int flags;

    /** {@code struct sockaddr} of the sender; empty if it has none. */
    public byte[] address = new byte[0];

    /** SCM_RIGHTS; references that whoever reads this must give to somebody or back. */
    public List<FileDescription> files = List.of();

    /** Of the sender, if known. */
    public @Nullable PeerCredentials credentials;

    /** Other control messages than the two above. */
    public List<ControlMessage> control = List.of();

    /** MSG_TRUNC and so on, for {@code msg_flags}. */
    public int outFlags;

    /** Length of the whole message, more than was stored if it was cut. */
    public long fullLength;

    /**
     * @param flags MSG_*
     */
    public Incoming(MemorySegment to, long at, long length, int flags) {
        this.to = to;
        this.at = at;
        this.length = length;
        this.flags = flags;
    }

    public MemorySegment to() {
        return to;
    }

    public long at() {
        return at;
    }

    public long length() {
        return length;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    public boolean peeks() {
        return has(MSG_PEEK);
    }
}
