package stasis.kernel.syscall.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Fcntl.O_CREAT;
import static stasis.abi.Fcntl.O_NONBLOCK;
import static stasis.abi.Fcntl.O_RDWR;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;

import stasis.abi.ErrnoException;
import stasis.abi.SyscallException;
import stasis.kernel.fs.proc.ProcFilesystem;
import stasis.kernel.syscall.SyscallTable;
import stasis.kernel.vfs.Path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Whatever a program passes, a call about files returns a number or an errno. */
class FileSyscallsFuzzTest {
    private static final int CALLS = 100_000;
    private static final String[] PATHS = {
        "/",
        "/a",
        "/a/b",
        "/a/b/c",
        "/link",
        "link/..",
        "/loop",
        ".",
        "..",
        "",
        "/proc/self/fd/3",
        "/proc/1/maps",
        "/proc/self/cwd",
        "/prog/",
        "//a//b/",
        "/proc/1/task/1/stat",
        "/fifo",
        "/m"
    };
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        4,
        5,
        7,
        8,
        16,
        64,
        255,
        0x100,
        0x1000,
        0x8000,
        4095,
        4096,
        65535,
        0x80000,
        -1,
        -100,
        -4096,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        1L << 32,
        1L << 47,
        0x7fff_ffff_f000L,
        0241,
        0100644,
        040755,
        0x410002,
        0x1ff
    };

    private final Calls c = new Calls();
    private final Random random = new Random(42);
    private final Path home = c.task.fs().root();
    private final long[] addresses = new long[PATHS.length];

    FileSyscallsFuzzTest() throws Exception {}

    private void furnish() throws Exception {
        c.tree.mkdir("/a");
        c.tree.mkdir("/a/b");
        c.tree.mkdir("/m");
        c.tree.mkdir("/proc");
        c.tree.symlink("a/b", "/link");
        c.tree.symlink("loop", "/loop");
        c.tree.names().mknod(c.tree.fs.cwd(), "/fifo", 0010644, 0);
        ProcFilesystem proc = new ProcFilesystem(c.process.machine);
        c.tree.vfs.mounts().mount(c.tree.at("/proc"), proc, 0, "proc");
        long at = c.memory + 40_000;
        for (int i = 0; i < PATHS.length; i++) {
            addresses[i] = at;
            byte[] bytes = Arrays.copyOf(PATHS[i].getBytes(ISO_8859_1), PATHS[i].length() + 1);
            c.task.memory().writeBytes(at, bytes);
            at += 64;
        }
    }

    private long argument() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt(12) - 1;
            case 1 -> addresses[random.nextInt(addresses.length)];
            case 2 -> c.memory + random.nextInt(30_000);
            case 3 -> NUMBERS[random.nextInt(NUMBERS.length)];
            default -> random.nextBoolean() ? 0 : 1L << random.nextInt(64);
        };
    }

    /** Undoes what keeps later calls from reaching anything. */
    private void goHome() throws Exception {
        c.task.fs().setRoot(home);
        c.task.fs().setCwd(home);
        for (String path : new String[] {"/a/b/c", "/a", "/fifo"}) {
            int flags = random.nextBoolean() ? O_RDWR | O_CREAT | O_NONBLOCK : O_NONBLOCK;
            try {
                c.call(257, -100, path, flags);
            } catch (SyscallException e) {
                assertTrue(c.process.machine.tasks().paused());
            }
        }
    }

    @Test
    void anyArgumentsGiveANumberOrAnErrno() throws Exception {
        furnish();
        c.process.machine.tasks().requestPause();
        List<Integer> numbers = new ArrayList<>();
        for (int n = 0; n < SyscallTable.SIZE; n++) {
            SyscallTable.Line line = c.table.line(n);
            if (line != null && line.handler() != null) numbers.add(n);
        }
        int results = 0;
        for (int i = 0; i < CALLS; i++) {
            if (i % 100 == 0) goHome();
            int number = numbers.get(random.nextInt(numbers.size()));
            Object[] args = new Object[6];
            for (int a = 0; a < 6; a++) args[a] = argument();
            try {
                c.call(number, args);
                results++;
            } catch (ErrnoException e) {
                assertTrue(e.errno().number() > 0);
            } catch (SyscallException e) {
                assertTrue(c.process.machine.tasks().paused());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("call " + number + Arrays.toString(args), e);
            }
        }
        assertTrue(results > CALLS / 20, "only " + results + " calls did something");
    }
}
