package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.abi.Fcntl;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.control.Connection;
import stasis.cli.oci.ProcessSpec;
import stasis.cli.oci.SpecException;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.kernel.BootCaller;
import stasis.kernel.Kernel;
import stasis.kernel.fs.tty.Terminal;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One more program in a running sandbox, for somebody who waits for it. However it ends, no thread,
 * descriptor or terminal of it is left.
 */
final class ExecSession {
    private final Supervisor supervisor;
    private final Connection from;
    private final HostFd[] descriptors;

    /**
     * @param descriptors what the program has from 0 on; closed by {@link #run}
     */
    ExecSession(Supervisor supervisor, Connection from, HostFd[] descriptors) {
        this.supervisor = supervisor;
        this.from = from;
        this.descriptors = descriptors;
    }

    void run(Map<String, @Nullable Object> request) throws Failure, HostException {
        PumpThreads threads = null;
        int code;
        try {
            if (descriptors.length < 3) {
                throw new Failure(ExitCode.FAILED, "exec needs three descriptors");
            }
            ProcessSpec spec = process(request);
            threads = PumpThreads.ofSession();
            code = attend(begin(spec, threads));
        } finally {
            if (threads == null || threads.end()) for (HostFd fd : descriptors) fd.close();
        }
        from.sendExitCode(code);
    }

    private static ProcessSpec process(Map<String, @Nullable Object> request) throws Failure {
        try {
            if (request.get("process") instanceof Map<?, ?> m) return ProcessSpec.of(m);
        } catch (SpecException e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
        throw new Failure(ExitCode.FAILED, "exec needs a process");
    }

    /**
     * @param finish brings out what the program wrote
     * @param close what is then left of the session in the sandbox
     */
    private record Begun(
            ThreadGroup group, Outside outside, PumpThreads.Work finish, Runnable close) {}

    private Begun begin(ProcessSpec spec, PumpThreads threads) throws Failure {
        return supervisor.whileRunning(
                () -> {
                    Begun begun =
                            spec.terminal() ? onTerminal(spec, threads) : onStreams(spec, threads);
                    supervisor.attach(begun.outside);
                    begun.group.leader().start();
                    return begun;
                });
    }

    private Begun onStreams(ProcessSpec spec, PumpThreads threads) throws Failure {
        Pumps pumps = new Pumps(threads);
        ThreadGroup group = load(spec, plugged(pumps), null);
        pumps.start();
        return new Begun(group, pumps, pumps::drain, pumps::end);
    }

    private ThreadGroup load(
            ProcessSpec spec, List<@Nullable FileDescription> files, @Nullable Terminal terminal)
            throws Failure {
        FsContext fs = supervisor.init().leader().fs();
        return new Programs(supervisor.kernel()).load(fs, spec, files, terminal);
    }

    private List<@Nullable FileDescription> plugged(Pumps pumps) {
        Kernel kernel = supervisor.kernel();
        BootCaller caller = new BootCaller(kernel.machine());
        List<@Nullable FileDescription> files = new ArrayList<>();
        String session = "exec" + System.nanoTime() + ":";
        for (int i = 0; i < descriptors.length; i++) {
            String slot = session + i;
            pumps.plug(slot, descriptors[i], i != 1 && i != 2, i != 0);
            int flags = i == 0 ? Fcntl.O_RDONLY : i < 3 ? Fcntl.O_WRONLY : Fcntl.O_RDWR;
            files.add(pumps.stream(slot).newFile(kernel.machine().vfs(), caller, flags));
        }
        return files;
    }

    private Begun onTerminal(ProcessSpec spec, PumpThreads threads) throws Failure {
        Console console = Console.open(supervisor.kernel(), supervisor.init().leader().fs());
        boolean begun = false;
        try {
            console.setSize(spec.rows(), spec.columns());
            ThreadGroup group = load(spec, console.files(), console.terminal());
            TerminalPump pump =
                    new TerminalPump(console.terminal(), descriptors[0], descriptors[1], threads);
            pump.start();
            begun = true;
            return new Begun(group, pump, pump::end, console::close);
        } finally {
            if (!begun) console.close();
        }
    }

    /**
     * Says that it has begun, and waits for its end, also if nobody listens any more.
     *
     * @return its exit code
     */
    private int attend(Begun session) throws HostException {
        int status;
        try {
            from.send(Connection.message("pid", (long) session.group.pid()));
        } finally {
            status = supervisor.kernel().awaitExit(session.group);
            try {
                session.finish.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            supervisor.detach(session.outside, session.close);
        }
        return ExitCode.ofWaitStatus(status);
    }
}
