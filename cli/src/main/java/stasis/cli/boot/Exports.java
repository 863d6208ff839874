package stasis.cli.boot;

import stasis.abi.ErrnoException;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.front.SandboxFds;
import stasis.cli.oci.Spec;
import stasis.gofer.client.GoferConnection;
import stasis.gofer.protocol.MessageSocket;
import stasis.host.HostException;
import stasis.host.HostFd;
import stasis.kernel.Kernel;
import stasis.kernel.fs.gofer.GoferFilesystem;
import stasis.kernel.vfs.Filesystem;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What of the host a container sees, through the gofer: its root and its bind mounts, by names that
 * are the same for the same config.json, as an image refers to them.
 */
final class Exports {
    private static final String ROOT = "root";

    private final GoferConnection gofer;

    private Exports(GoferConnection gofer) {
        this.gofer = gofer;
    }

    /**
     * Asks the gofer to open everything, which it can do only now. It may still be starting: {@link
     * #await} before anything else is wanted of it.
     */
    static void request(Spec spec, Path bundle) throws Failure {
        List<ExportRequest> list = new ArrayList<>();
        list.add(new ExportRequest(ROOT, spec.root().toString(), true));
        for (Spec.MountSpec m : spec.mounts()) {
            if (m.isBind()) {
                String path = bundle.resolve(m.source()).toString();
                list.add(new ExportRequest(name(m), path, m.options().contains("ro")));
            }
        }
        try {
            GoferLink.send(SandboxFds.GOFER, ExportRequest.text(list));
        } catch (HostException e) {
            throw silent(e);
        }
    }

    private static Failure silent(Exception e) {
        return new Failure(ExitCode.SANDBOX, "the gofer does not answer: " + e.getMessage(), e);
    }

    /** Until the gofer has opened what was asked for. */
    static Exports await() throws Failure {
        try {
            String wrong = GoferLink.receive(SandboxFds.GOFER);
            if (!wrong.isEmpty()) throw new Failure(ExitCode.SANDBOX, wrong);
            MessageSocket socket = new MessageSocket(new HostFd(SandboxFds.GOFER));
            return new Exports(new GoferConnection(socket));
        } catch (HostException | IOException | ErrnoException e) {
            throw silent(e);
        }
    }

    GoferConnection gofer() {
        return gofer;
    }

    private static String name(Spec.MountSpec mount) {
        return "bind:" + mount.destination();
    }

    /** Nobody is expected to change it while the sandbox lives. */
    Filesystem root(Kernel kernel) throws ErrnoException {
        return attach(kernel, ROOT, true);
    }

    Filesystem bind(Kernel kernel, Spec.MountSpec mount) throws ErrnoException {
        return attach(kernel, name(mount), false);
    }

    private Filesystem attach(Kernel kernel, String name, boolean unchanging)
            throws ErrnoException {
        return new GoferFilesystem(
                kernel.machine().vfs(), kernel.machine().memory(), gofer, name, unchanging);
    }
}
