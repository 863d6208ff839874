package stasis.kernel.task;

import stasis.state.SavedKind;

/** A terminal as sessions see it; implemented by the tty driver. */
@SavedKind
public interface ControllingTerminal {
    /** The session leader has exited: hang up. Called without locks. */
    void leaderExited(Session session);

    /**
     * A session that is just being made has this terminal, with {@code group} in the foreground.
     * Called with the task set's lock held.
     */
    void ownedByLocked(Session session, int group);

    /** Device number for /proc/pid/stat. */
    long device();

    /** Foreground process group, 0 if none. */
    int foregroundGroup();
}
