package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.abi.Fcntl;
import stasis.abi.SyscallException;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Json;
import stasis.cli.hooks.HookRunner;
import stasis.cli.oci.Hooks;
import stasis.cli.oci.ProcessSpec;
import stasis.kernel.BootCaller;
import stasis.kernel.Kernel;
import stasis.kernel.fs.host.HostStream;
import stasis.kernel.signal.SignalInfo;
import stasis.kernel.task.SignalSend;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.OpenHow;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * {@code startContainer} hooks: programs of the container's own root, run inside it just before its
 * program starts, with its rights.
 */
final class GuestHooks {
    /** With this code, a failure to start is the end of the container. */
    static final int FAILED = 125;

    private static final int SIGKILL = 9;

    private final Launch launch;
    private final Map<String, @Nullable Object> saved;

    GuestHooks(Launch launch, Map<String, @Nullable Object> saved) {
        this.launch = launch;
        this.saved = saved;
    }

    /**
     * @param init the container's first process, which has not started
     */
    void run(Kernel kernel, ThreadGroup init) throws Failure {
        for (Hooks.Hook hook : launch.spec().hooks().at(Hooks.Phase.START_CONTAINER)) {
            one(kernel, init.leader().fs(), hook);
        }
    }

    private void one(Kernel kernel, FsContext fs, Hooks.Hook hook) throws Failure {
        String name = "startContainer hook " + hook.path();
        ProcessSpec process = launch.spec().process();
        if (process == null) return;
        ThreadGroup group;
        try {
            ProcessSpec spec = process.with(arguments(hook), false, "/").withOnlyEnv(hook.env());
            group = new Programs(kernel).load(fs, spec, files(kernel, fs), null);
        } catch (Failure e) {
            throw new Failure(FAILED, name + ": " + e.getMessage(), e);
        }
        CountDownLatch done = new CountDownLatch(1);
        boolean[] late = {false};
        if (hook.timeoutSeconds() > 0) watch(kernel, group, hook.timeoutSeconds(), done, late);
        group.leader().start();
        int code = ExitCode.ofWaitStatus(kernel.awaitExit(group));
        done.countDown();
        if (code == 0) return;
        String how =
                late[0]
                        ? " has not ended in " + hook.timeoutSeconds() + " s"
                        : " failed with exit code " + code;
        throw new Failure(FAILED, name + how);
    }

    private static List<String> arguments(Hooks.Hook hook) {
        List<String> arguments = new ArrayList<>(hook.args());
        arguments.set(0, hook.path());
        return arguments;
    }

    private static void watch(
            Kernel kernel, ThreadGroup group, long seconds, CountDownLatch done, boolean[] late) {
        Thread.ofPlatform()
                .daemon()
                .name("hook-timeout")
                .start(
                        () -> {
                            try {
                                if (done.await(seconds, TimeUnit.SECONDS)) return;
                            } catch (InterruptedException e) {
                                return;
                            }
                            late[0] = true;
                            SignalSend.fromOutside(
                                    kernel.machine(), group, SignalInfo.user(SIGKILL, 0, 0));
                        });
    }

    private static void feed(HostStream stream, byte[] state) {
        ByteBuffer rest = ByteBuffer.wrap(state);
        byte[] buffer = new byte[state.length];
        try {
            while (rest.hasRemaining()) {
                stream.awaitRoom();
                stream.bringIn(buffer, (to, room) -> some(rest, to, room));
            }
        } catch (InterruptedException e) {
            return;
        }
        stream.inputEnded();
    }

    private static int some(ByteBuffer rest, byte[] to, int room) {
        int n = Math.min(room, rest.remaining());
        rest.get(to, 0, n);
        return n;
    }

    /** The state to read; what it writes is lost. */
    private List<@Nullable FileDescription> files(Kernel kernel, FsContext fs) {
        BootCaller caller = new BootCaller(kernel.machine());
        HostStream stream = new HostStream("hook");
        byte[] state =
                Json.text(HookRunner.state(saved, "created")).getBytes(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("hook-state").start(() -> feed(stream, state));
        List<@Nullable FileDescription> files = new ArrayList<>();
        files.add(stream.newFile(kernel.machine().vfs(), caller, Fcntl.O_RDONLY));
        for (int fd = 1; fd <= 2; fd++) {
            try {
                OpenHow how = OpenHow.of(Fcntl.O_WRONLY, 0);
                var vfs = kernel.machine().vfs();
                files.add(vfs.open(caller, fs, fs.root(), "/dev/null", how));
            } catch (SyscallException e) {
                files.add(null); // a container without /dev
            }
        }
        return files;
    }
}
