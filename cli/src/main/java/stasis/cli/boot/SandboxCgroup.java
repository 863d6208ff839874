package stasis.cli.boot;

import org.jspecify.annotations.Nullable;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.Log;
import stasis.cli.cgroup.Cgroup;
import stasis.cli.front.SandboxFds;
import stasis.cli.oci.Resources;
import stasis.host.HostException;

import java.io.IOException;
import java.util.List;

/**
 * Puts sentry and gofer, and so all stubs, into the cgroup that config.json names. Without one to
 * be had the container runs all the same, unless it is to be limited.
 */
record SandboxCgroup(List<String> folders) {
    /** Null if there is nothing to join. */
    static @Nullable SandboxCgroup join(Launch launch, Log log) throws Failure, HostException {
        String path = launch.spec().cgroupsPath();
        Resources resources = launch.spec().resources();
        if (!launch.cgroups()) return null;
        if (path.isEmpty()) {
            if (resources.isEmpty()) return null;
            path = "stasis-" + launch.id();
        }
        try {
            if (launch.standby() != null && !path.endsWith(launch.id())) path += "-" + launch.id();
            if (path.contains(":")) throw new IOException(path + " is a path for systemd");
            Cgroup cgroup = enter(path, resources);
            String folders = String.join("\n", cgroup.folders());
            GoferLink.send(SandboxFds.GOFER, GoferMain.CGROUP + folders);
            return new SandboxCgroup(cgroup.folders());
        } catch (IOException e) {
            String line = "no cgroup: " + e.getMessage();
            if (!resources.isEmpty()) throw new Failure(ExitCode.SANDBOX, line, e);
            log.warn(line);
            return null;
        }
    }

    private static Cgroup enter(String path, Resources resources) throws IOException {
        Cgroup cgroup = Cgroup.create(path);
        try {
            cgroup.limit(resources);
            cgroup.join();
            return cgroup;
        } catch (IOException e) {
            cgroup.remove();
            throw e;
        }
    }
}
