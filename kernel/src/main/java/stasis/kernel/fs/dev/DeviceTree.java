package stasis.kernel.fs.dev;

import static stasis.abi.StatMode.S_IFCHR;
import static stasis.abi.StatMode.S_IFLNK;

import stasis.abi.DeviceNumber;
import stasis.abi.ErrnoException;
import stasis.kernel.fs.tmpfs.MemoryDirectory;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.vfs.NewInode;

import java.util.Locale;

/** Fills a container's /dev, OCI runtime specification, "Default Devices". */
public final class DeviceTree {
    private final MemoryDirectory top;
    private final long now;

    /**
     * @param dev a file system that is empty
     * @param now guest CLOCK_REALTIME
     */
    public DeviceTree(Tmpfs dev, long now) {
        this.top = dev.root();
        this.now = now;
    }

    /** The default devices and links; directories to mount devpts, shm and mqueue on. */
    public void fill() throws ErrnoException {
        for (MemoryDevice.Kind kind : MemoryDevice.Kind.values()) {
            device(kind.name().toLowerCase(Locale.ROOT), 0666, kind.number());
        }
        device("tty", 0666, DeviceNumber.of(5, 0));
        link("fd", "/proc/self/fd");
        link("stdin", "/proc/self/fd/0");
        link("stdout", "/proc/self/fd/1");
        link("stderr", "/proc/self/fd/2");
        link("ptmx", "pts/ptmx");
        link("core", "/proc/kcore");
        top.directory("pts", 0755, now);
        top.directory("shm", 01777, now);
        top.directory("mqueue", 01777, now);
    }

    /** A character device. */
    public void device(String name, int mode, long number) throws ErrnoException {
        top.add(name, new NewInode(S_IFCHR | mode, 0, 0, number, "", now));
    }

    private void link(String name, String target) throws ErrnoException {
        top.add(name, new NewInode(S_IFLNK | 0777, 0, 0, 0, target, now));
    }
}
