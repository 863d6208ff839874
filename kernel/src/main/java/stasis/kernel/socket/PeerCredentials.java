package stasis.kernel.socket;

import stasis.kernel.caller.Caller;
import stasis.state.Saved;

/** {@code struct ucred}, unix(7). */
@Saved("socket.PeerCredentials")
public record PeerCredentials(int pid, int uid, int gid) {
    public static final int BYTES = 12;

    /** Like Linux's overflowuid: nobody is known. */
    public static final PeerCredentials NOBODY = new PeerCredentials(0, -1, -1);

    /** Effective ids, as connect(2) and listen(2) keep them. */
    public static PeerCredentials effective(Caller caller) {
        return new PeerCredentials(
                caller.pid(), caller.credentials().euid(), caller.credentials().egid());
    }

    /** Real ids, as every message carries them. */
    public static PeerCredentials real(Caller caller) {
        return new PeerCredentials(
                caller.pid(), caller.credentials().uid(), caller.credentials().gid());
    }
}
