package stasis.kernel.loader;

import static stasis.abi.Errno.ELOOP;
import static stasis.abi.Errno.ENOEXEC;
import static stasis.abi.Errno.ENOMEM;
import static stasis.abi.Mman.MAP_ANONYMOUS;
import static stasis.abi.Mman.MAP_FIXED;
import static stasis.abi.Mman.MAP_GROWSDOWN;
import static stasis.abi.Mman.MAP_PRIVATE;
import static stasis.abi.Mman.PROT_EXEC;
import static stasis.abi.Mman.PROT_READ;
import static stasis.abi.Mman.PROT_WRITE;
import static stasis.abi.Resource.RLIMIT_STACK;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.arch.Pages;
import stasis.kernel.caller.Caller;
import stasis.kernel.mm.MemoryMap;
import stasis.kernel.mm.Mmap;
import stasis.kernel.mm.UserMemory;
import stasis.kernel.vfs.FileDescription;
import stasis.kernel.vfs.FsContext;
import stasis.kernel.vfs.Vfs;

import java.util.ArrayList;
import java.util.List;

/** From a path to a program in memory: execve(2)'s part that can still fail, and the part after. */
public final class ElfLoader {
    /** Scripts whose interpreter is a script, execve(2) ELOOP. */
    private static final int MAX_SCRIPTS = 5;

    /** Room on the stack that must be left below the arguments. */
    private static final long STACK_ROOM = 64 << 10;

    private static final long FIRST_STACK_BYTES = 132 << 10;

    private ElfLoader() {}

    /** Where a program starts. */
    public record Start(long entry, long stackPointer) {}

    /** Follows {@code #!} lines until there is something that is not a script. */
    public static Program find(
            Caller caller,
            Vfs vfs,
            FsContext fs,
            FileDescription opened,
            String path,
            List<String> argv,
            List<String> envp)
            throws SyscallException {
        FileDescription file = opened;
        List<String> args = argv;
        String script = path;
        for (int depth = 0; depth <= MAX_SCRIPTS; depth++) {
            ScriptLine line = scriptLine(caller, file);
            if (line == null) return new Program(file, script, args, envp);
            file.release(caller);
            List<String> longer = new ArrayList<>();
            longer.add(line.interpreter());
            String argument = line.argument();
            if (argument != null) longer.add(argument);
            longer.add(script);
            if (args.size() > 1) longer.addAll(args.subList(1, args.size()));
            args = longer;
            script = line.interpreter();
            file = vfs.openForExec(caller, fs, fs.cwd(), script, true);
        }
        file.release(caller);
        throw ELOOP.exception();
    }

    private static @Nullable ScriptLine scriptLine(Caller caller, FileDescription file)
            throws SyscallException {
        try {
            return ScriptLine.read(new ProgramFile(caller, file));
        } catch (SyscallException e) {
            file.release(caller);
            throw e;
        }
    }

    /** Headers of a program and its interpreter, read before the old program is given up. */
    public static final class Checked {
        private final ElfHeader elf;
        private final @Nullable ElfHeader interpreterElf;
        private final @Nullable FileDescription interpreter;

        private Checked(
                ElfHeader elf,
                @Nullable ElfHeader interpreterElf,
                @Nullable FileDescription interpreter) {
            this.elf = elf;
            this.interpreterElf = interpreterElf;
            this.interpreter = interpreter;
        }

        public void release(Caller caller) {
            if (interpreter != null) interpreter.release(caller);
        }
    }

    public static Checked check(Caller caller, Vfs vfs, FsContext fs, Program program)
            throws SyscallException {
        ElfHeader elf = ElfHeader.read(new ProgramFile(caller, program.file()));
        String path = elf.interpreter();
        if (path == null) return new Checked(elf, null, null);
        FileDescription file = vfs.openForExec(caller, fs, fs.cwd(), path, true);
        try {
            ElfHeader interpreter = ElfHeader.read(new ProgramFile(caller, file));
            if (interpreter.interpreter() != null) throw ENOEXEC.exception();
            return new Checked(elf, interpreter, file);
        } catch (SyscallException e) {
            file.release(caller);
            throw e;
        }
    }

    /**
     * Fills an empty memory map.
     *
     * @param vdso maps the vDSO and returns its ELF header's address, or 0
     */
    public static Start load(
            Caller caller,
            MemoryMap mm,
            UserMemory memory,
            Program program,
            Checked checked,
            VdsoMapper vdso,
            boolean secure,
            int fpuBytes,
            int hwcap)
            throws SyscallException {
        long top = mm.limit() - Pages.SIZE;
        long lowest = makeStack(caller, mm, top, checked.elf.executableStack());
        long preferred = checked.elf.interpreter() != null ? ElfImage.PIE_BASE : 0;
        ElfImage image = ElfImage.map(caller, mm, memory, program.file(), checked.elf, preferred);
        ElfImage interpreter = null;
        FileDescription file = checked.interpreter;
        ElfHeader header = checked.interpreterElf;
        if (file != null && header != null) {
            interpreter = ElfImage.map(caller, mm, memory, file, header, 0);
        }
        mm.setBrk(Pages.up(image.end()));
        long vdsoAddr = vdso.map(mm);
        InitialStack stack = new InitialStack(memory, top);
        long fileName = stack.pushString(program.path());
        AuxVector auxv =
                new AuxVector(
                        caller,
                        image,
                        interpreter == null ? 0 : interpreter.base(),
                        vdsoAddr,
                        fileName,
                        secure,
                        fpuBytes,
                        hwcap);
        long sp = stack.finish(mm, program.argv(), program.envp(), auxv, lowest + STACK_ROOM);
        return new Start(interpreter == null ? image.entry() : interpreter.entry(), sp);
    }

    /** Maps the vDSO. */
    public interface VdsoMapper {
        long map(MemoryMap mm) throws ErrnoException;
    }

    private static long makeStack(Caller caller, MemoryMap mm, long top, boolean executable)
            throws ErrnoException {
        long limit = caller.limits().soft(RLIMIT_STACK);
        long max = Long.compareUnsigned(limit, 1L << 30) > 0 ? 8 << 20 : Pages.up(limit);
        long bytes = Math.min(FIRST_STACK_BYTES, max);
        long needed = Math.max(bytes, Pages.SIZE * 2);
        int prot = PROT_READ | PROT_WRITE | (executable ? PROT_EXEC : 0);
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN;
        long at = Mmap.mmap(caller, mm, top - needed, needed, prot, flags, null, 0);
        if (at != top - needed) throw ENOMEM.exception();
        mm.nameVma(at, "[stack]");
        return top - Math.max(max, needed);
    }
}
