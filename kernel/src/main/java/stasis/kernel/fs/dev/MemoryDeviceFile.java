package stasis.kernel.fs.dev;

import static stasis.abi.Errno.ENOSPC;
import static stasis.abi.Errno.ENOTTY;
import static stasis.abi.Errno.EPERM;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.mem.Mappable;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.state.Saved;

import java.lang.foreign.MemorySegment;

/** An open {@link MemoryDevice}. */
@Saved("dev.MemoryDeviceFile")
public final class MemoryDeviceFile implements FileImpl {
    /** {@code include/uapi/linux/random.h}. */
    private static final int RNDGETENTCNT = 0x80045200;

    private static final int RNDADDTOENTCNT = 0x40045201;
    private static final int RNDADDENTROPY = 0x40085203;

    private MemoryDevice.Kind kind;
    private Inode inode;
    private GuestMemory memory;

    @SuppressWarnings("NullAway.Init")
    private MemoryDeviceFile() {}

    MemoryDeviceFile(MemoryDevice.Kind kind, Inode inode, GuestMemory memory) {
        this.kind = kind;
        this.inode = inode;
        this.memory = memory;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public boolean seekable() {
        return true;
    }

    @Override
    public long read(Caller caller, MemorySegment to, long at, long length, long offset) {
        switch (kind) {
            case NULL -> {
                return 0;
            }
            case ZERO, FULL -> to.asSlice(at, length).fill((byte) 0);
            case RANDOM, URANDOM -> caller.random(to, at, length);
        }
        return length;
    }

    @Override
    public long write(Caller caller, MemorySegment from, long at, long length, long offset)
            throws ErrnoException {
        if (kind == MemoryDevice.Kind.FULL && length > 0) throw ENOSPC.exception();
        return length;
    }

    @Override
    public @Nullable Mappable mappable() {
        return kind == MemoryDevice.Kind.ZERO ? new ZeroPages(memory) : null;
    }

    /** random(4). Nothing that a program adds changes what the sandbox's source gives. */
    @Override
    public long ioctl(FileDescription file, Caller caller, int request, long arg)
            throws SyscallException {
        if (kind != MemoryDevice.Kind.RANDOM && kind != MemoryDevice.Kind.URANDOM) {
            throw ENOTTY.exception();
        }
        switch (request) {
            case RNDGETENTCNT -> caller.memory().writeInt(arg, 256);
            case RNDADDTOENTCNT, RNDADDENTROPY -> throw EPERM.exception();
            default -> throw ENOTTY.exception();
        }
        return 0;
    }
}
