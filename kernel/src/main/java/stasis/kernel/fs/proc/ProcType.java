package stasis.kernel.fs.proc;

import stasis.kernel.caller.Caller;
import stasis.kernel.task.Machine;
import stasis.kernel.vfs.Filesystem;
import stasis.kernel.vfs.FilesystemType;
import stasis.state.Saved;

/** mount(2) of proc. Unlike Linux, hidepid and subset are taken without effect. */
@Saved("proc.ProcType")
public final class ProcType implements FilesystemType {
    private Machine machine;

    @SuppressWarnings("NullAway.Init")
    private ProcType() {}

    public ProcType(Machine machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return "proc";
    }

    @Override
    public Filesystem make(Caller caller, String source, String options) {
        return new ProcFilesystem(machine);
    }
}
