package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/** What a program that was cloned can find out, and what it must not share with its siblings. */
class ClonesTest {
    /** Waits in poll(2) while the image is made; says what it then sees. */
    private static final String WATCHER =
            """
            import os, select
            def line(path): return open(path).read()
            f = os.open('/proc/stasis/generation', os.O_RDONLY)
            generation, boot = os.read(f, 100), line('/proc/sys/kernel/random/boot_id')
            p, e = select.poll(), select.epoll()
            p.register(f, select.POLLPRI)
            e.register(f, select.EPOLLPRI)
            print(p.poll(0), e.poll(0), flush=True)
            told = p.poll()
            print('told', told == [(f, select.POLLPRI | select.POLLERR)], flush=True)
            print('epoll', e.poll(0) == [(f, select.EPOLLPRI | select.EPOLLERR)])
            os.lseek(f, 0, os.SEEK_SET)
            print('another', os.read(f, 100) != generation, p.poll(0), e.poll(0))
            print('boot', line('/proc/sys/kernel/random/boot_id') != boot)
            """;

    private CommandLine stasis;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    @Test
    void aProgramIsToldThatItGoesOnAsAnotherOne() throws Exception {
        Path bundle = stasis.bundle("/usr/bin/python3", "-c", WATCHER);
        Path image = stasis.folder().resolve("image");
        Program run = stasis.start("run", "--bundle", bundle.toString(), "a");
        run.awaitOutput("[] []\n"::equals);
        stasis.good("checkpoint", "--image-path", image.toString(), "a");
        Program restored =
                stasis.run(
                        "restore",
                        "--bundle",
                        bundle.toString(),
                        "--image-path",
                        image.toString(),
                        "b");
        assertEquals("told True\nepoll True\nanother True [] []\nboot True\n", restored.output());
        assertEquals(0, restored.exitCode(), restored::errors);
    }
}
