package stasis.kernel.fs.sys;

import static stasis.abi.StatMode.S_IFREG;

import stasis.abi.ErrnoException;
import stasis.kernel.fs.tmpfs.MemoryDirectory;
import stasis.kernel.fs.tmpfs.RegularFile;
import stasis.kernel.fs.tmpfs.Tmpfs;
import stasis.kernel.vfs.NewInode;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Fills a {@code /sys}. */
final class SysTree {
    private final Tmpfs fs;
    private final long now;

    SysTree(Tmpfs fs, long now) {
        this.fs = fs;
        this.now = now;
    }

    void fill(int cpus) throws ErrnoException {
        processors(directory("devices/system/cpu"), cpus);
        MemoryDirectory node = directory("devices/system/node");
        file(node, "online", "0\n");
        file(node, "possible", "0\n");
        directory("fs/cgroup");
        directory("kernel/debug");
        directory("kernel/security");
        file(directory("kernel/mm/transparent_hugepage"), "enabled", "always madvise [never]\n");
        String[] empty = {"block", "bus", "class/net", "dev", "firmware", "module", "power"};
        for (String path : empty) directory(path);
    }

    private void processors(MemoryDirectory cpu, int cpus) throws ErrnoException {
        String range = cpus == 1 ? "0\n" : "0-" + (cpus - 1) + "\n";
        for (String name : new String[] {"online", "possible", "present"}) {
            file(cpu, name, range);
        }
        file(cpu, "offline", "\n");
        file(cpu, "kernel_max", "63\n");
        for (int i = 0; i < cpus; i++) {
            MemoryDirectory topology =
                    cpu.directory("cpu" + i, 0555, now).directory("topology", 0555, now);
            file(topology, "core_id", i + "\n");
            file(topology, "physical_package_id", "0\n");
            file(topology, "core_siblings_list", range);
            file(topology, "thread_siblings_list", i + "\n");
        }
    }

    private MemoryDirectory directory(String path) {
        MemoryDirectory at = fs.root();
        for (String name : path.split("/")) at = at.directory(name, 0555, now);
        return at;
    }

    private void file(MemoryDirectory in, String name, String text) throws ErrnoException {
        NewInode what = new NewInode(S_IFREG | 0444, 0, 0, 0, "", now);
        RegularFile made = (RegularFile) in.add(name, what);
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        made.pages().write(MemorySegment.ofArray(bytes), 0, bytes.length, 0);
    }
}
