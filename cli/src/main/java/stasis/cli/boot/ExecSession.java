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
            check();
            ProcessSpec spec = process(request);
            threads = PumpThreads.ofSession();
            code = spec.terminal() ? onTerminal(spec, threads) : onStreams(spec, threads);
        } finally {
            if (threads == null || threads.end()) for (HostFd fd : descriptors) fd.close();
        }
        from.sendExitCode(code);
    }

    private void check() throws Failure {
        String status = supervisor.status();
        if (!status.equals("running")) {
            throw new Failure(ExitCode.FAILED, "cannot exec: the container is " + status);
        }
        if (descriptors.length < 3) {
            throw new Failure(ExitCode.FAILED, "exec needs three descriptors");
        }
    }

    private static ProcessSpec process(Map<String, @Nullable Object> request) throws Failure {
        try {
            if (request.get("process") instanceof Map<?, ?> m) return ProcessSpec.of(m);
        } catch (SpecException e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
        }
        throw new Failure(ExitCode.FAILED, "exec needs a process");
    }

    private int onStreams(ProcessSpec spec, PumpThreads threads) throws Failure, HostException {
        Pumps pumps = new Pumps(threads);
        List<@Nullable FileDescription> files = plugged(pumps);
        FsContext fs = supervisor.init().leader().fs();
        ThreadGroup group = new Programs(supervisor.kernel()).load(fs, spec, files, null);
        pumps.start();
        return attend(
                group,
                () -> {
                    pumps.drain();
                    pumps.end();
                });
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

    private int onTerminal(ProcessSpec spec, PumpThreads threads) throws Failure, HostException {
        Kernel kernel = supervisor.kernel();
        FsContext fs = supervisor.init().leader().fs();
        try (Console console = Console.open(kernel, fs)) {
            console.setSize(spec.rows(), spec.columns());
            ThreadGroup group =
                    new Programs(kernel).load(fs, spec, console.files(), console.terminal());
            TerminalPump pump =
                    new TerminalPump(console.terminal(), descriptors[0], descriptors[1], threads);
            pump.start();
            return attend(group, pump::end);
        }
    }

    /**
     * Starts it, says so, and waits for its end, also if nobody listens any more.
     *
     * @param finish brings out what it wrote
     * @return its exit code
     */
    private int attend(ThreadGroup group, PumpThreads.Work finish) throws HostException {
        int status;
        group.leader().start();
        try {
            from.send(Connection.message("pid", (long) group.pid()));
        } finally {
            status = supervisor.kernel().awaitExit(group);
            try {
                finish.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return ExitCode.ofWaitStatus(status);
    }
}
