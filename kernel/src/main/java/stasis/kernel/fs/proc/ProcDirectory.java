package stasis.kernel.fs.proc;

import static stasis.abi.StatMode.S_IFDIR;

import org.jspecify.annotations.Nullable;

import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.DirectorySink;
import stasis.kernel.vfs.Inode;
import stasis.state.Saved;
import stasis.state.SavedKind;

import java.util.LinkedHashMap;
import java.util.Map;

/** A directory whose names do not change. */
@Saved("proc.ProcDirectory")
@SavedKind
class ProcDirectory extends ProcInode {
    /** Filled while it is built, then only read. */
    private Map<String, Inode> entries = new LinkedHashMap<>();

    protected ProcDirectory() {}

    ProcDirectory(ProcFilesystem filesystem, int permissions) {
        super(filesystem, S_IFDIR | permissions);
        addLinks(1, 0);
    }

    final <T extends Inode> T put(String name, T inode) {
        entries.put(name, inode);
        return inode;
    }

    /** A directory in this one. */
    final ProcDirectory directory(String name) {
        return put(name, new ProcDirectory(proc(), 0555));
    }

    final int count() {
        return entries.size();
    }

    @Override
    public @Nullable Inode lookup(Caller caller, String name) {
        return entries.get(name);
    }

    @Override
    public void readDirectory(Caller caller, long cookie, DirectorySink sink) {
        listFixed(cookie, sink);
    }

    /** False if {@code sink} is full. */
    final boolean listFixed(long cookie, DirectorySink sink) {
        long at = 0;
        for (Map.Entry<String, Inode> e : entries.entrySet()) {
            if (++at <= cookie) continue;
            Inode inode = e.getValue();
            if (!sink.entry(e.getKey(), inode.ino(), inode.mode(), at)) return false;
        }
        return true;
    }
}
