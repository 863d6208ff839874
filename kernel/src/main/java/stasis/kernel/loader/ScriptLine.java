package stasis.kernel.loader;

import static stasis.abi.Errno.ENOEXEC;

import org.jspecify.annotations.Nullable;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The first line of a script, execve(2) "Interpreter scripts".
 *
 * @param argument everything behind the interpreter as one argument, or null
 */
record ScriptLine(String interpreter, @Nullable String argument) {
    /** BINPRM_BUF_SIZE of Linux. */
    private static final int MAX_LINE = 256;

    /** Null if the file does not start with {@code #!}. */
    static @Nullable ScriptLine read(ProgramFile file) throws SyscallException {
        MemorySegment head = file.read(0, MAX_LINE);
        String text = new String(head.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
        if (!text.startsWith("#!")) return null;
        int end = text.indexOf('\n');
        if (end < 0) end = Math.min(text.length(), MAX_LINE - 1);
        return parse(text.substring(2, end));
    }

    private static ScriptLine parse(String line) throws ErrnoException {
        int nul = line.indexOf('\0');
        String text = trim(nul < 0 ? line : line.substring(0, nul));
        if (text.isEmpty()) throw ENOEXEC.exception();
        int i = 0;
        while (i < text.length() && !isBlank(text.charAt(i))) i++;
        String argument = trim(text.substring(i));
        return new ScriptLine(text.substring(0, i), argument.isEmpty() ? null : argument);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String trim(String s) {
        int from = 0;
        int to = s.length();
        while (from < to && isBlank(s.charAt(from))) from++;
        while (to > from && isBlank(s.charAt(to - 1))) to--;
        return s.substring(from, to);
    }
}
