package stasis.kernel.socket.unix;

import stasis.kernel.caller.Caller;
import stasis.kernel.socket.PeerCredentials;
import stasis.kernel.vfs.FileDescription;
import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/** What one send put into a queue. Guarded by the receiver's lock. */
@Saved("unix.UnixMessage")
public final class UnixMessage {
    private byte[] data;

    /** Bytes that were read already; streams only. */
    int read;

    private PeerCredentials credentials;

    /** Descriptors in flight, each with a reference. */
    private List<FileDescription> files;

    /** Of the sender, empty if it has none. */
    private byte[] sender;

    @SuppressWarnings("NullAway.Init")
    private UnixMessage() {}

    UnixMessage(
            byte[] data, PeerCredentials credentials, List<FileDescription> files, byte[] sender) {
        this.data = data;
        this.credentials = credentials;
        this.files = files;
        this.sender = sender;
    }

    byte[] data() {
        return data;
    }

    int left() {
        return data.length - read;
    }

    PeerCredentials credentials() {
        return credentials;
    }

    byte[] sender() {
        return sender;
    }

    boolean hasFiles() {
        return !files.isEmpty();
    }

    List<FileDescription> files() {
        return files;
    }

    /** The descriptors, which are no longer in flight. */
    List<FileDescription> takeFiles() {
        List<FileDescription> taken = files;
        files = List.of();
        return taken;
    }

    /** References of their own, for MSG_PEEK. */
    List<FileDescription> copyFiles() {
        List<FileDescription> copies = new ArrayList<>();
        for (FileDescription f : files) copies.add(f.acquire());
        return copies;
    }

    static void release(Caller caller, List<FileDescription> files) {
        for (FileDescription f : files) f.release(caller);
    }
}
