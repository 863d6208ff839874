package stasis.kernel.task;

import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/** setpgid(2). Task set's lock. */
@Saved("task.ProcessGroup")
public final class ProcessGroup {
    private int id;
    private Session session;
    List<ThreadGroup> members = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private ProcessGroup() {}

    ProcessGroup(int id, Session session) {
        this.id = id;
        this.session = session;
    }

    public int id() {
        return id;
    }

    public Session session() {
        return session;
    }

    public List<ThreadGroup> members() {
        return members;
    }

    /** credentials(7): no member has a parent in another group of the session. */
    public boolean orphaned() {
        for (ThreadGroup m : members) {
            ThreadGroup p = m.parent;
            if (m.isZombie() || p == null) continue;
            ProcessGroup g = p.processGroup;
            if (g != this && g.session == session) return false;
        }
        return true;
    }

    boolean hasStopped() {
        for (ThreadGroup m : members) if (m.isStopped()) return true;
        return false;
    }
}
