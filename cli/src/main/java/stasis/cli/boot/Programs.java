package stasis.cli.boot;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.ENOENT;
import static stasis.abi.Errno.ENOTDIR;

import org.jspecify.annotations.Nullable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.oci.ProcessSpec;
import stasis.kernel.BootCaller;
import stasis.kernel.Kernel;
import stasis.kernel.auth.Credentials;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.task.ControllingTerminal;
import stasis.kernel.task.ProcessStart;
import stasis.kernel.task.ThreadGroup;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.Path;
import stasis.kernel.vfs.Vfs;
import stasis.platform.PlatformException;

import java.util.ArrayList;
import java.util.List;

/** Turns a {@link ProcessSpec} into a process of the sandbox, found and loaded, not yet started. */
final class Programs {
    private static final String DEFAULT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Kernel kernel;
    private final BootCaller caller;
    private final Vfs vfs;

    Programs(Kernel kernel) {
        this.kernel = kernel;
        this.caller = new BootCaller(kernel.machine());
        this.vfs = kernel.machine().vfs();
    }

    /**
     * @param from whose root the program has
     */
    ThreadGroup load(
            FsContext from,
            ProcessSpec spec,
            List<@Nullable FileDescription> files,
            @Nullable ControllingTerminal terminal)
            throws Failure {
        try {
            FsContext fs = enter(from, spec);
            List<String> env = environment(fs, spec);
            Found found = find(fs, spec.args().getFirst(), env);
            return kernel.createProcess(
                    fs,
                    found.file,
                    new ProcessStart.Spec(
                            found.path,
                            spec.args(),
                            env,
                            credentials(spec),
                            limits(spec),
                            files,
                            terminal));
        } catch (ErrnoException e) {
            throw cannotExecute(spec.args().getFirst(), e.errno(), e);
        } catch (SyscallException | PlatformException e) {
            throw new Failure(ExitCode.SANDBOX, "cannot start the program: " + e, e);
        }
    }

    private record Found(String path, FileDescription file) {}

    // ---- the file

    private Found find(FsContext fs, String name, List<String> env)
            throws Failure, SyscallException {
        if (name.contains("/"))
            return new Found(name, vfs.openForExec(caller, fs, fs.cwd(), name, true));
        Errno worst = ENOENT;
        for (String folder : path(env).split(":")) {
            String path = (folder.isEmpty() ? "." : folder) + "/" + name;
            try {
                return new Found(path, vfs.openForExec(caller, fs, fs.cwd(), path, true));
            } catch (ErrnoException e) {
                if (e.errno() == EACCES) worst = EACCES;
                else if (e.errno() != ENOENT && e.errno() != ENOTDIR) throw e;
            }
        }
        if (worst == EACCES) throw cannotExecute(name, worst, null);
        throw new Failure(
                ExitCode.NOT_FOUND,
                "exec: \""
                        + name
                        + "\": executable file not found in $PATH: "
                        + MountTree.describe(ENOENT));
    }

    private static String path(List<String> env) {
        for (String e : env) if (e.startsWith("PATH=")) return e.substring("PATH=".length());
        return DEFAULT_PATH;
    }

    private static Failure cannotExecute(String name, Errno errno, @Nullable Exception cause) {
        int code =
                errno == ENOENT || errno == ENOTDIR ? ExitCode.NOT_FOUND : ExitCode.CANNOT_EXECUTE;
        String line = "exec: \"" + name + "\": " + MountTree.describe(errno);
        return cause == null ? new Failure(code, line) : new Failure(code, line, cause);
    }

    // ---- what the process has

    private FsContext enter(FsContext from, ProcessSpec spec) throws Failure {
        FsContext fs = from.copy();
        if (spec.umask() >= 0) fs.setUmask(spec.umask());
        try {
            Path cwd = vfs.resolve(caller, fs, fs.root(), spec.cwd(), true);
            vfs.checkEnter(caller, cwd);
            fs.setCwd(cwd);
            return fs;
        } catch (ErrnoException e) {
            throw noWorkingDirectory(spec, e);
        }
    }

    /** As runc does, the one of a container is made if it is not there; that of an exec is not. */
    void makeWorkingDirectory(FsContext fs, ProcessSpec spec) throws Failure {
        try {
            vfs.resolve(caller, fs, fs.root(), spec.cwd(), true);
            return;
        } catch (ErrnoException e) {
            if (e.errno() != ENOENT) throw noWorkingDirectory(spec, e);
        }
        StringBuilder soFar = new StringBuilder();
        for (String name : spec.cwd().split("/")) {
            if (name.isEmpty()) continue;
            soFar.append('/').append(name);
            try {
                vfs.changes(caller, fs).mkdir(fs.root(), soFar.toString(), 0755);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.EEXIST) throw noWorkingDirectory(spec, e);
            }
        }
    }

    private static Failure noWorkingDirectory(ProcessSpec spec, ErrnoException e) {
        String line = "working directory \"" + spec.cwd() + "\": " + MountTree.describe(e.errno());
        return new Failure(ExitCode.SANDBOX, line, e);
    }

    private List<String> environment(FsContext fs, ProcessSpec spec) {
        List<String> env = new ArrayList<>(spec.env());
        if (env.stream().noneMatch(e -> e.startsWith("HOME="))) {
            env.add("HOME=" + HomeFolder.of(vfs, caller, fs, spec.uid()));
        }
        if (spec.terminal() && env.stream().noneMatch(e -> e.startsWith("TERM="))) {
            env.add("TERM=xterm");
        }
        return env;
    }

    private static Credentials credentials(ProcessSpec spec) {
        ProcessSpec.CapabilitySets sets = spec.capabilities();
        Credentials who = Credentials.of(spec.uid(), spec.gid(), List.of(), 0);
        who = who.withGroups(spec.groups());
        if (sets == null) {
            long all = spec.uid() == 0 ? Credentials.ALL : 0;
            who = who.withCapabilities(all, all, 0, Credentials.ALL, 0);
        } else {
            long bounds = sets.bounding() & Credentials.ALL;
            who =
                    who.withCapabilities(
                            sets.permitted() & bounds,
                            sets.effective() & sets.permitted() & bounds,
                            sets.inheritable(),
                            bounds,
                            sets.ambient() & sets.permitted() & sets.inheritable());
        }
        return spec.noNewPrivileges() ? who.withNoNewPrivs() : who;
    }

    private static ResourceLimits limits(ProcessSpec spec) {
        ResourceLimits limits = new ResourceLimits();
        for (ProcessSpec.Rlimit r : spec.rlimits()) limits.set(r.resource(), r.soft(), r.hard());
        return limits;
    }
}
