package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.kernel.Kernel;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.task.SignalSend;
import stasis.kernel.task.ThreadGroup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The container of a sandbox as others see it: a status, and what changes it. */
final class Supervisor {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    private final Kernel kernel;
    private final ThreadGroup init;
    private final Pumps pumps;
    private final FileChannel statusFile;
    private final GuestHooks hooks;
    private final Log log;

    /** Held while the container goes from one status to another. */
    private final ReentrantLock changing = new ReentrantLock();

    private final Condition ended = changing.newCondition();

    /** All that is between the sandbox and the outside now. Guarded by {@link #changing}. */
    private final List<Outside> outside = new ArrayList<>();

    /** Guarded by {@link #changing}. */
    private String status = "creating";

    /** Paused since it was restored. Guarded by {@link #changing}. */
    private boolean notStarted;

    /** The exit code, once there is one. Guarded by {@link #changing}. */
    private @Nullable Integer code;

    Supervisor(
            Kernel kernel,
            ThreadGroup init,
            Pumps pumps,
            FileChannel statusFile,
            GuestHooks hooks,
            Log log) {
        this.kernel = kernel;
        this.init = init;
        this.pumps = pumps;
        this.statusFile = statusFile;
        this.hooks = hooks;
        this.log = log;
        outside.add(pumps);
    }

    /** Something more that is to stand still with the sandbox. */
    void attach(Outside more) {
        changing.lock();
        try {
            outside.add(more);
        } finally {
            changing.unlock();
        }
    }

    /**
     * It is over.
     *
     * @param after what then has to be done in the sandbox, not while it stands still
     */
    void detach(Outside over, Runnable after) {
        changing.lock();
        try {
            outside.remove(over);
            after.run();
        } finally {
            changing.unlock();
        }
    }

    /** What changes the sandbox from outside. */
    interface Change<T> {
        T make() throws Failure;
    }

    /** For exec: nobody pauses or saves the sandbox meanwhile. */
    <T> T whileRunning(Change<T> change) throws Failure {
        changing.lock();
        try {
            if (!status.equals("running")) {
                throw new Failure(ExitCode.FAILED, "cannot exec: the container is " + status);
            }
            return change.make();
        } finally {
            changing.unlock();
        }
    }

    Kernel kernel() {
        return kernel;
    }

    ThreadGroup init() {
        return init;
    }

    String status() {
        changing.lock();
        try {
            return status;
        } finally {
            changing.unlock();
        }
    }

    private void become(String next) {
        status = next;
        try {
            Sandbox.note(statusFile, next);
        } catch (IOException e) {
            log.warn("cannot note the status: " + e);
        }
    }

    void created() {
        changing.lock();
        try {
            become("created");
        } finally {
            changing.unlock();
        }
    }

    /**
     * @param from the status that it has so far: created, or creating if nobody is to see that
     */
    void start(String from) throws Failure {
        changing.lock();
        try {
            if (!status.equals(from)) {
                throw new Failure(ExitCode.FAILED, "cannot start: the container is " + status);
            }
            hooks.run(kernel, init);
            become("running");
            init.leader().start();
            watch();
        } catch (Failure e) {
            if (e.code() == GuestHooks.FAILED) end(ExitCode.SANDBOX + SIGKILL);
            throw e;
        } finally {
            changing.unlock();
        }
    }

    /** A kernel that stands where it was saved, until {@link #resume}. */
    void restoredPaused() {
        changing.lock();
        try {
            notStarted = true;
            become("paused");
        } finally {
            changing.unlock();
        }
    }

    void startRestored() {
        changing.lock();
        try {
            become("running");
            kernel.start();
            watch();
        } finally {
            changing.unlock();
        }
    }

    private void watch() {
        Thread.ofPlatform()
                .daemon()
                .name("await-exit")
                .start(() -> end(ExitCode.ofWaitStatus(kernel.awaitExit(init))));
    }

    /** The first one says the code. */
    void end(int exitCode) {
        changing.lock();
        try {
            if (code == null) code = exitCode;
            ended.signalAll();
        } finally {
            changing.unlock();
        }
    }

    /** Returns when the program has ended and what it wrote is outside. */
    int awaitEnd() throws InterruptedException {
        int result;
        changing.lock();
        try {
            while (code == null) ended.await();
            result = code;
            become("stopped");
        } finally {
            changing.unlock();
        }
        pumps.drain();
        return result;
    }

    int awaitCode() throws InterruptedException {
        changing.lock();
        try {
            while (code == null) ended.await();
            return code;
        } finally {
            changing.unlock();
        }
    }

    void pause() throws Failure {
        changing.lock();
        try {
            require("running", "pause");
            kernel.pause();
            become("paused");
        } finally {
            changing.unlock();
        }
    }

    void resume() throws Failure {
        changing.lock();
        try {
            require("paused", "resume");
            boolean first = notStarted;
            notStarted = false;
            become("running");
            if (first) kernel.start();
            else kernel.resume();
            if (first) watch();
        } finally {
            changing.unlock();
        }
    }

    private void require(String wanted, String what) throws Failure {
        if (status.equals(wanted)) return;
        throw new Failure(
                ExitCode.FAILED,
                "cannot " + what + ": the container is " + status + ", not " + wanted);
    }

    // ---- with everything standing still

    /** Work that needs a paused kernel. */
    interface Standing {
        /** True if the kernel goes on as it was. */
        boolean with(Kernel kernel) throws Failure;
    }

    /** Pauses if need be, and goes on unless the work says that this was the end. */
    void standing(Standing work) throws Failure {
        changing.lock();
        try {
            boolean was = status.equals("paused");
            if (!was) require("running", "checkpoint");
            if (!was) kernel.pause();
            boolean goesOn = true;
            List<Outside> still = new ArrayList<>();
            try {
                pumps.drain(); // so that an image holds little of it
                for (Outside o : outside) {
                    o.suspend();
                    still.add(o);
                }
                goesOn = work.with(kernel);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure(ExitCode.FAILED, "interrupted", e);
            } finally {
                if (goesOn) still.forEach(Outside::resume);
                if (goesOn && !was) kernel.resume();
            }
        } finally {
            changing.unlock();
        }
    }

    // ---- signals

    /**
     * @param pid of a process of the sandbox, or 0 for the first one
     */
    void kill(int signal, int pid, boolean all) throws Failure {
        changing.lock(); // no signal arrives in a sandbox that is being saved
        try {
            send(signal, pid, all);
        } finally {
            changing.unlock();
        }
    }

    private void send(int signal, int pid, boolean all) throws Failure {
        String now = status;
        if (now.equals("created") || now.equals("creating")) {
            if (signal == SIGKILL || signal == SIGTERM) end(ExitCode.SANDBOX + signal);
            return;
        }
        if (now.equals("stopped")) throw new Failure(ExitCode.FAILED, "container not running");
        for (ThreadGroup group : targets(pid, all)) {
            SignalSend.fromOutside(kernel.machine(), group, SignalInfo.user(signal, 0, 0));
        }
        if (signal == SIGKILL && now.equals("paused")) end(ExitCode.SANDBOX + signal);
    }

    private List<ThreadGroup> targets(int pid, boolean all) throws Failure {
        try (var _ = kernel.machine().tasks().lock().hold()) {
            if (all) return new ArrayList<>(kernel.machine().tasks().groupsLocked());
            if (pid == 0) return List.of(init);
            ThreadGroup group = kernel.machine().tasks().findGroupLocked(pid);
            if (group == null) throw new Failure(ExitCode.FAILED, "no process " + pid);
            return List.of(group);
        }
    }

    /** A line for each process. */
    List<Map<String, @Nullable Object>> processes() {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        try (var _ = kernel.machine().tasks().lock().hold()) {
            for (ThreadGroup g : kernel.machine().tasks().groupsLocked()) {
                Map<String, @Nullable Object> one = new LinkedHashMap<>();
                one.put("uid", (long) g.leader().credentials().uid());
                one.put("pid", (long) g.pid());
                one.put("ppid", (long) g.parentPid());
                one.put("cpuNanos", g.userNanos() + g.systemNanos());
                one.put("threads", (long) g.tasks().size());
                one.put("command", g.leader().name());
                all.add(one);
            }
        }
        return all;
    }
}
