package stasis.kernel.fs.proc;

import stasis.kernel.caller.Caller;
import stasis.kernel.task.Identity;
import stasis.kernel.vfs.FileImpl;
import stasis.state.Saved;

/** Files of {@code /proc/stasis}, which Linux does not have: who this clone is. */
@Saved("proc.IdentityInode")
final class IdentityInode extends TextInode {
    enum Kind {
        GENERATION,
        ENVIRONMENT
    }

    private Kind kind;

    @SuppressWarnings("NullAway.Init")
    private IdentityInode() {}

    private IdentityInode(ProcFilesystem filesystem, Kind kind) {
        super(filesystem, 0444);
        this.kind = kind;
    }

    static void fill(ProcFilesystem filesystem, ProcDirectory stasis) {
        stasis.put("generation", new IdentityInode(filesystem, Kind.GENERATION));
        stasis.put("environment", new IdentityInode(filesystem, Kind.ENVIRONMENT));
    }

    Identity identity() {
        return proc().machine().identity();
    }

    @Override
    String text(Caller caller) {
        return switch (kind) {
            case GENERATION -> identity().generation() + "\n";
            case ENVIRONMENT -> lines();
        };
    }

    private String lines() {
        StringBuilder lines = new StringBuilder();
        for (String one : identity().environment()) lines.append(one).append('\n');
        return lines.toString();
    }

    @Override
    public FileImpl open(Caller caller, int flags) {
        return kind == Kind.GENERATION ? new GenerationFile(this) : new TextFile(this);
    }
}
