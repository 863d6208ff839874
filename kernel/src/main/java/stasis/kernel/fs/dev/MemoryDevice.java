package stasis.kernel.fs.dev;

import static stasis.abi.StatMode.S_IFCHR;

import stasis.abi.DeviceNumber;
import stasis.kernel.caller.Caller;
import stasis.kernel.mem.GuestMemory;
import stasis.kernel.vfs.Device;
import stasis.kernel.vfs.FileImpl;
import stasis.kernel.vfs.Inode;
import stasis.kernel.vfs.Vfs;
import stasis.state.Saved;

/** The devices of major number 1: mem(4), null(4), random(4), full(4). */
@Saved("dev.MemoryDevice")
public final class MemoryDevice implements Device {
    /** Linux's {@code drivers/char/mem.c}; by name, with its minor number. */
    public enum Kind {
        NULL(3),
        ZERO(5),
        FULL(7),
        RANDOM(8),
        URANDOM(9);

        final int minor;

        Kind(int minor) {
            this.minor = minor;
        }

        public long number() {
            return DeviceNumber.of(1, minor);
        }
    }

    private Kind kind;
    private GuestMemory memory;

    @SuppressWarnings("NullAway.Init")
    private MemoryDevice() {}

    private MemoryDevice(Kind kind, GuestMemory memory) {
        this.kind = kind;
        this.memory = memory;
    }

    /** All of them can be opened from now on, wherever their nodes are. */
    public static void register(Vfs vfs, GuestMemory memory) {
        for (Kind kind : Kind.values()) {
            vfs.register(S_IFCHR, kind.number(), new MemoryDevice(kind, memory));
        }
    }

    @Override
    public FileImpl open(Caller caller, Inode inode, int flags) {
        return new MemoryDeviceFile(kind, inode, memory);
    }
}
