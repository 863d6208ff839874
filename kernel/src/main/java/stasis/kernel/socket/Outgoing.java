package stasis.kernel.socket;

import org.jspecify.annotations.Nullable;

import stasis.kernel.vfs.FileDescription;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** One message, or a piece of a stream, to send. */
public final class Outgoing {
    private final MemorySegment data;
    private final long at;
    private final long length;
    private final byte @Nullable [] address;
    private final List<FileDescription> files;
    private final PeerCredentials credentials;

    /** MSG_*. */
    private int flags;

    /** Other control messages than SCM_RIGHTS and SCM_CREDENTIALS. */
    private List<ControlMessage> control = List.of();

    /**
     * @param address {@code struct sockaddr} of the receiver; null for the connected one
     * @param files SCM_RIGHTS; the sender's references, which a send takes copies of
     * @param credentials SCM_CREDENTIALS, checked
     */
    public Outgoing(
            MemorySegment data,
            long at,
            long length,
            byte @Nullable [] address,
            List<FileDescription> files,
            PeerCredentials credentials) {
        this.data = data;
        this.at = at;
        this.length = length;
        this.address = address;
        this.files = files;
        this.credentials = credentials;
    }

    public MemorySegment data() {
        return data;
    }

    public long at() {
        return at;
    }

    public long length() {
        return length;
    }

    public byte @Nullable [] address() {
        return address;
    }

    public List<FileDescription> files() {
        return files;
    }

    public PeerCredentials credentials() {
        return credentials;
    }

    public List<ControlMessage> control() {
        return control;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    public int flags() {
        return flags;
    }

    public Outgoing withFlags(int newFlags) {
        flags = newFlags;
        return this;
    }

    public Outgoing withControl(List<ControlMessage> messages) {
        control = messages;
        return this;
    }

    /**
     * The same with other bytes.
     *
     * @param first what goes beside the bytes goes with these
     */
    public Outgoing with(MemorySegment newData, long newLength, boolean first) {
        return new Outgoing(newData, 0, newLength, address, first ? files : List.of(), credentials)
                .withFlags(flags)
                .withControl(control);
    }
}
