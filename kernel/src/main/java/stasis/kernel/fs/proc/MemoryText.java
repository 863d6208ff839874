package stasis.kernel.fs.proc;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.arch.Pages;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.mm.Vma;
import stasis.kernel.task.Task;

import java.nio.charset.StandardCharsets;

/** What proc shows of a program's memory: arguments, environment, sizes. */
final class MemoryText {
    /** Like Linux's bound before it read arguments page by page; ours is larger. */
    private static final long MAX = 2 << 20;

    private MemoryText() {}

    static String arguments(Task task) throws ErrnoException {
        return range(task, task.mm().argStart(), task.mm().argEnd());
    }

    static String environment(Task task) throws ErrnoException {
        return range(task, task.mm().envStart(), task.mm().envEnd());
    }

    /** What a program has unmapped is not there to be shown. */
    private static String range(Task task, long start, long end) throws ErrnoException {
        long length = Math.clamp(end - start, 0, MAX);
        if (task.group().isZombie() || length == 0) return "";
        try {
            byte[] bytes = task.memory().readBytes(start, (int) length);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EFAULT) return "";
            throw e;
        }
    }

    static String auxv(Task task) {
        return new String(task.mm().auxv(), StandardCharsets.ISO_8859_1);
    }

    /** Pages: total, resident, shared, text, library, data, dirty. */
    static String statm(Task task) {
        MemoryMap mm = task.mm();
        long text = 0;
        long data = 0;
        for (Vma v : mm.snapshotOfVmas()) {
            long pages = (v.end() - v.start()) >> Pages.SHIFT;
            if ((v.prot() & 4) != 0) text += pages;
            else if ((v.prot() & 2) != 0 && !v.shared()) data += pages;
        }
        long total = mm.totalBytes() >> Pages.SHIFT;
        return total + " " + mm.residentPages() + " 0 " + text + " 0 " + data + " 0\n";
    }
}
