package stasis.kernel.fs.tty;

import static stasis.abi.StatMode.S_IFDIR;

import org.jspecify.annotations.Nullable;

import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.DirectorySink;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.NewInode;
import stasis.kernel.vfs.PlainInode;
import stasis.state.Saved;

/** The one directory of devpts. */
@Saved("tty.DevptsDirectory")
public final class DevptsDirectory extends PlainInode {
    static final long INO = 1;
    private static final String PTMX = "ptmx";

    private Devpts devpts;

    @SuppressWarnings("NullAway.Init")
    private DevptsDirectory() {}

    DevptsDirectory(Devpts devpts, long now) {
        super(devpts, INO, new NewInode(S_IFDIR | 0755, 0, 0, 0, "", now));
        this.devpts = devpts;
        addLinks(1, now);
    }

    @Override
    public @Nullable Inode lookup(Caller caller, String name) {
        if (name.equals(PTMX)) return devpts.ptmx();
        for (PtsInode slave : devpts.slaves()) if (slave.name().equals(name)) return slave;
        return null;
    }

    /** Cookies: 1 for ptmx, a slave's number and 2. */
    @Override
    public void readDirectory(Caller caller, long cookie, DirectorySink sink) {
        PtmxInode ptmx = devpts.ptmx();
        if (cookie < 1 && !sink.entry(PTMX, ptmx.ino(), ptmx.mode(), 1)) return;
        for (PtsInode slave : devpts.slaves()) {
            long next = slave.terminal().index() + 2L;
            if (next <= cookie) continue;
            if (!sink.entry(slave.name(), slave.ino(), slave.mode(), next)) return;
        }
    }
}
