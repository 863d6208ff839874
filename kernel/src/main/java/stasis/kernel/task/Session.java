package stasis.kernel.task;

import org.jspecify.annotations.Nullable;

import stasis.state.Saved;

import java.util.ArrayList;
import java.util.List;

/** setsid(2). Task set's lock. */
@Saved("task.Session")
public final class Session {
    private int id;

    /** Its leader, until that exits. */
    @Nullable ThreadGroup leader;

    List<ProcessGroup> groups = new ArrayList<>();

    @Nullable ControllingTerminal terminal;

    private Session() {}

    Session(ThreadGroup leader) {
        this.id = leader.pid();
        this.leader = leader;
    }

    public int id() {
        return id;
    }

    public @Nullable ControllingTerminal terminal() {
        return terminal;
    }

    /** Called by a terminal that becomes, or ceases to be, the session's own. */
    public void setTerminal(@Nullable ControllingTerminal tty) {
        terminal = tty;
    }

    public @Nullable ThreadGroup leader() {
        return leader;
    }
}
