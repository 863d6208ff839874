package stasis.kernel.fs.tty;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FilesystemType;
import stasis.kernel.vfs.Vfs;
import stasis.state.Saved;

/** mount(2) of devpts. Like Linux since 4.7, each mount is an instance of its own. */
@Saved("tty.DevptsType")
public final class DevptsType implements FilesystemType {
    private Vfs vfs;

    @SuppressWarnings("NullAway.Init")
    private DevptsType() {}

    public DevptsType(Vfs vfs) {
        this.vfs = vfs;
    }

    @Override
    public String name() {
        return "devpts";
    }

    @Override
    public Filesystem make(Caller caller, String source, String options) throws ErrnoException {
        return new Devpts(vfs, DevptsOptions.parse(options), caller.realtimeClock().now());
    }
}
