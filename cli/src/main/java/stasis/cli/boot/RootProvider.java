package stasis.cli.boot;

import java.io.IOException;
import java.nio.file.Path;
import stasis.abi.SyscallException;
import stasis.kernel.Kernel;
import stasis.kernel.vfs.Filesystem;

/** Where the files of a container's root and of its bind mounts come from. */
interface RootProvider {
    /**
     * A host folder or file as a file system of {@code kernel}'s; its root shows it.
     *
     * @param readOnly nothing outside may change
     */
    Filesystem attach(Kernel kernel, Path host, boolean readOnly)
            throws SyscallException, IOException;
}
