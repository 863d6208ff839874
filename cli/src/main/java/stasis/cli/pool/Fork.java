package stasis.cli.pool;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.cli.control.ClaimReply;
import stasis.cli.state.ContainerDirectory;
import stasis.cli.state.StateRoot;
import stasis.host.FdSocket;
import stasis.host.HostException;
import stasis.host.HostFd;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Clones of a running container. It stands still while its graph and its pages are copied into an
 * image in memory; clones read pages from there when they touch them.
 */
public final class Fork implements Members.Owner {
    /** More at once would make each of them slower. */
    private static final int STARTING_MAX = 3;

    private final StateRoot root;
    private final Deque<String> names;
    private final ClaimRequest as;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by {@link #lock}, as are all below. */
    private final Deque<Member> ready = new ArrayDeque<>();

    private int starting;
    private @Nullable String error;

    private Fork(StateRoot root, List<String> names, ClaimRequest as) {
        this.root = root;
        this.names = new ArrayDeque<>(names);
        this.as = as;
    }

    /** Returns when all clones go on. If one cannot be made, those that were made stay. */
    public static void make(
            StateRoot root,
            ContainerDirectory source,
            List<String> names,
            ClaimRequest as,
            List<String> globals,
            Log log)
            throws Failure {
        for (String name : names) {
            root.refuseIfUsed(name);
        }
        Template.Saved saved = Template.ofContainer(source, globals, List.of());
        log.debug(
                "fork: " + source.id() + " stood still for " + saved.pausedNanos() / 1000 + " us");
        Path socket = root.path().resolve("@fork-" + ProcessHandle.current().pid() + ".sock");
        Fork fork = new Fork(root, names, as);
        try (Members members =
                new Members(root.members(), socket, saved.template(), Redirect.INHERIT, fork)) {
            fork.run(members);
        } catch (InterruptedException e) {
            throw new Failure(ExitCode.FAILED, "interrupted", e);
        } catch (IOException | HostException e) {
            throw new Failure(ExitCode.FAILED, "cannot fork: " + e.getMessage(), e);
        }
    }

    private void run(Members members)
            throws Failure, IOException, HostException, InterruptedException {
        int left = names.size();
        int toStart = left;
        while (left > 0) {
            Member member = null;
            lock.lock();
            try {
                while (toStart > 0 && starting < STARTING_MAX) {
                    starting++;
                    toStart--;
                    members.start("fork-" + Long.toString(System.nanoTime(), 36));
                }
                while (ready.isEmpty() && error == null) changed.await();
                if (error != null) throw new Failure(ExitCode.SANDBOX, error);
                member = ready.removeFirst();
            } finally {
                lock.unlock();
            }
            release(member, names.removeFirst());
            left--;
        }
    }

    private void release(Member member, String name) throws Failure, HostException, IOException {
        member.rename(root, name, false);
        FdSocket[] told = FdSocket.pair();
        try (FdSocket mine = told[0];
                Arena arena = Arena.ofConfined()) {
            HostFd[] passed = {new HostFd(0), new HostFd(1), new HostFd(2), told[1].fd()};
            boolean taken = member.claim(as, name, passed);
            told[1].close();
            if (!taken || mine.receive(arena.allocate(ClaimReply.MAX_BYTES)) == 0) {
                throw new Failure(ExitCode.SANDBOX, "clone " + name + " has ended at once");
            }
        }
    }

    @Override
    public void ready(Member member) {
        lock.lock();
        try {
            starting--;
            ready.addLast(member);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void gone(Member member, @Nullable String why) {
        lock.lock();
        try {
            if (why != null) error = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
