package stasis.kernel.fs.proc;

import static stasis.abi.Poll.POLLERR;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLPRI;
import static stasis.abi.Poll.POLLRDNORM;

import stasis.kernel.caller.Caller;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.wait.WaitQueue;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * An open {@code /proc/stasis/generation}. Like {@code /proc/mounts}, it has an exceptional
 * condition (POLLPRI and POLLERR) when its content is not what was read, or was there when it was
 * opened; reading from the start ends it.
 */
@Saved("proc.GenerationFile")
final class GenerationFile implements FileImpl {
    /** Never changes. */
    private IdentityInode inode;

    /** The generation that the program knows. */
    private volatile String known;

    @SuppressWarnings("NullAway.Init")
    private GenerationFile() {}

    GenerationFile(IdentityInode inode) {
        this.inode = inode;
        this.known = inode.identity().generation();
    }

    @Override
    public boolean seekable() {
        return true;
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset) {
        if (offset == 0) known = inode.identity().generation();
        byte[] text = (known + "\n").getBytes(StandardCharsets.ISO_8859_1);
        long n = Math.clamp(text.length - offset, 0, length);
        if (n > 0) MemorySegment.copy(MemorySegment.ofArray(text), offset, to, at, n);
        return n;
    }

    @Override
    public int readiness() {
        boolean same = known.equals(inode.identity().generation());
        return POLLIN | POLLRDNORM | (same ? 0 : POLLPRI | POLLERR);
    }

    @Override
    public WaitQueue waitQueue() {
        return inode.identity().changes();
    }

    @Override
    public Inode inode() {
        return inode;
    }
}
