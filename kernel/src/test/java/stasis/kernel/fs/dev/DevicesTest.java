package stasis.kernel.fs.dev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import static stasis.abi.Errno.EACCES;
import static stasis.abi.Errno.ENODEV;
import static stasis.abi.Errno.ENOSPC;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Mount.MS_NODEV;
import static stasis.abi.StatMode.S_IFCHR;
import static stasis.kernel.vfs.Tree.assertErrno;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.abi.DeviceNumber;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.mem.Mappable;
import stasis.kernel.mem.PageBudget;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.Tree;

import java.lang.foreign.MemorySegment;

class DevicesTest {
    private final Tree tree = new Tree();

    @BeforeEach
    void mountDev() throws Exception {
        MemoryDevice.register(tree.vfs, tree.memory);
        Tmpfs dev = new Tmpfs(tree.vfs, tree.memory, "tmpfs", PageBudget.UNLIMITED, 0755, 1);
        new DeviceTree(dev, 1).fill();
        tree.mkdir("/dev");
        tree.vfs.mounts().mount(tree.at("/dev"), dev, 0, "tmpfs");
    }

    private byte[] read(String path) throws Exception {
        byte[] bytes = {9, 9};
        FileDescription file = tree.open(path, O_RDWR);
        long n = file.read(tree.caller, MemorySegment.ofArray(bytes), 0, 2);
        return n == 0 ? new byte[0] : bytes;
    }

    @Test
    void eachGivesItsBytes() throws Exception {
        assertArrayEquals(new byte[0], read("/dev/null"));
        assertArrayEquals(new byte[] {0, 0}, read("/dev/zero"));
        assertArrayEquals(new byte[] {4, 4}, read("/dev/urandom"));
    }

    @Test
    void theFullDeviceIsFull() throws Exception {
        FileDescription full = tree.open("/dev/full", O_RDWR);
        assertErrno(ENOSPC, () -> tree.put(full, 0, "x"));
        tree.put(tree.open("/dev/null", O_RDWR), 0, "x");
    }

    @Test
    void mappedZeroesGoWithTheirLastMapping() throws Exception {
        Mappable zero = tree.open("/dev/zero", O_RDWR).impl().mappable();
        assertNotNull(zero);
        int before = tree.memory.used();
        zero.mapped((_, _, _) -> {}, 0x1000, 0, 0x1000, true);
        tree.memory.release((int) (zero.page(0, true) >> 12), 1);
        zero.unmapped((_, _, _) -> {}, 0x1000, 0, 0x1000, true);
        assertEquals(before, tree.memory.used());
    }

    @Test
    void devicesOpenOnlyIfKnownAndAllowed() throws Exception {
        long number = DeviceNumber.of(200, 7);
        tree.names().mknod(tree.fs.cwd(), "/odd", S_IFCHR | 0600, number);
        assertErrno(ENODEV, () -> tree.open("/odd", O_RDWR));
        tree.names().mknod(tree.fs.cwd(), "/null", S_IFCHR | 0600, DeviceNumber.of(1, 3));
        tree.vfs.mounts().remount(tree.at("/"), MS_NODEV);
        assertErrno(EACCES, () -> tree.open("/null", O_RDWR));
    }
}
