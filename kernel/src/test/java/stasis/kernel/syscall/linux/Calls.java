package stasis.kernel.syscall.linux;

import static stasis.abi.Mman.MAP_ANONYMOUS;
import static stasis.abi.Mman.MAP_PRIVATE;
import static stasis.abi.Mman.PROT_READ;
import static stasis.abi.Mman.PROT_WRITE;

import stasis.abi.SyscallException;
import stasis.kernel.fs.OneProcess;
import stasis.kernel.syscall.SyscallArgs;
import stasis.kernel.syscall.SyscallTable;
import stasis.kernel.task.Task;
import stasis.kernel.vfs.Tree;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Makes system calls by name for a process that is never run; strings go to its memory. */
final class Calls {
    static final long MAPPED = 64 << 10;

    final OneProcess process = new OneProcess();
    final Task task = process.task;
    final Tree tree = process.tree;

    /** {@link #MAPPED} bytes that can be written; the page behind them is not mapped. */
    final long memory;

    final SyscallTable table = FileTable.addTo(new SyscallTable());
    private long strings;

    Calls() throws Exception {
        SyscallArgs args = new SyscallArgs();
        args.a1 = MAPPED + 4096;
        args.a2 = PROT_READ | PROT_WRITE;
        args.a3 = MAP_PRIVATE | MAP_ANONYMOUS;
        args.a4 = -1;
        memory = MemorySyscalls.mmap(task, args);
        SyscallArgs hole = new SyscallArgs();
        hole.a0 = memory + MAPPED;
        hole.a1 = 4096;
        MemorySyscalls.munmap(task, hole);
        strings = memory + MAPPED / 2;
    }

    /** Arguments are numbers, or strings of which the address is passed. */
    long call(int number, Object... values) throws SyscallException {
        long[] a = new long[6];
        for (int i = 0; i < values.length; i++) {
            a[i] = values[i] instanceof String s ? put(s) : ((Number) values[i]).longValue();
        }
        SyscallArgs args = new SyscallArgs();
        args.a0 = a[0];
        args.a1 = a[1];
        args.a2 = a[2];
        args.a3 = a[3];
        args.a4 = a[4];
        args.a5 = a[5];
        var line = Objects.requireNonNull(table.line(number));
        return Objects.requireNonNull(line.handler()).run(task, args);
    }

    private long put(String s) throws SyscallException {
        long at = strings;
        byte[] bytes = (s + "\0").getBytes(StandardCharsets.ISO_8859_1);
        task.memory().writeBytes(at, bytes);
        strings += bytes.length;
        return at;
    }

    String text(long addr, long length) throws SyscallException {
        byte[] bytes = task.memory().readBytes(addr, (int) length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
