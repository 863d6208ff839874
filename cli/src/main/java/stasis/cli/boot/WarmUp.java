package stasis.cli.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import stasis.kernel.Kernel;

import java.lang.foreign.MemorySegment;

/**
 * Links what every sandbox needs, on a second core, while the command line is read: the first
 * access to a memory segment takes 8 ms, the table of system calls 3. Whoever comes first links it,
 * the other one waits or finds it done.
 */
public final class WarmUp {
    private WarmUp() {}

    public static void start() {
        Thread.ofPlatform().daemon().name("warm-up").start(WarmUp::link);
    }

    private static void link() {
        byte[] bytes = new byte[Long.BYTES];
        MemorySegment s = MemorySegment.ofArray(new long[1]);
        s.set(JAVA_BYTE, 0, s.get(JAVA_BYTE, 1));
        s.set(JAVA_SHORT, 0, s.get(JAVA_SHORT, 2));
        s.set(JAVA_INT, 0, s.get(JAVA_INT, 4));
        s.set(JAVA_LONG, 0, s.get(JAVA_LONG, 0));
        MemorySegment.copy(s, JAVA_BYTE, 0, bytes, 0, bytes.length);
        Kernel.calls(null);
    }
}
