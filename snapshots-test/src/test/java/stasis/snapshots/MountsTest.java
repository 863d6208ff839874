package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The mounts of config.json, and paths that it hides or protects. */
class MountsTest {
    private CommandLine stasis;

    @BeforeEach
    void open() throws Exception {
        stasis = new CommandLine();
    }

    @AfterEach
    void close() throws Exception {
        stasis.close();
    }

    private Program run(Bundle bundle) throws Exception {
        return stasis.run("run", "--bundle", bundle.writeTo(stasis.folder()).toString(), "a");
    }

    private static Bundle shell(String script) {
        return new Bundle("/bin/sh", "-c", script);
    }

    private static void assertOutput(String expected, Program run) throws Exception {
        assertEquals(0, run.exitCode(), run::errors);
        assertEquals(expected, run.output(), run::errors);
    }

    @Test
    void foldersAndFilesOfTheHostAreBound() throws Exception {
        Path folder = Files.createDirectory(stasis.folder().resolve("host"));
        Files.writeString(folder.resolve("in"), "from host\n");
        Path file = Files.writeString(stasis.folder().resolve("file"), "old\n");
        Bundle bundle =
                shell("cat /data/in; cat /etc/one; echo out > /data/out; echo new > /etc/one")
                        .mount("/data", "bind", folder.toString(), "rbind", "rw", "rprivate")
                        .mount("/etc/one", "none", file.toString(), "bind", "nosuid");
        assertOutput("from host\nold\n", run(bundle));
        assertEquals("out\n", Files.readString(folder.resolve("out")));
        assertEquals("new\n", Files.readString(file));
    }

    @Test
    void readOnlyBindMountsCannotBeWritten() throws Exception {
        Path folder = Files.createDirectory(stasis.folder().resolve("host"));
        Path file = Files.writeString(stasis.folder().resolve("file"), "old\n");
        String script =
                "(echo x > /data/x) 2>/dev/null || echo refused;"
                        + "(echo x > /etc/one) 2>/dev/null || echo refused; cat /etc/one";
        Bundle bundle =
                shell(script)
                        .mount("/data", "bind", folder.toString(), "bind", "ro")
                        .mount("/etc/one", "bind", file.toString(), "bind", "ro");
        assertOutput("refused\nrefused\nold\n", run(bundle));
        assertEquals(0, folder.toFile().list().length);
    }

    @Test
    void whatIsNotThereCannotBeBound() throws Exception {
        Bundle bundle = shell("true").mount("/data", "bind", "/no/such/folder", "bind");
        Program run = run(bundle);
        assertEquals(128, run.exitCode());
        CommandLineTest.assertOneLine("/no/such/folder: no such file or directory", run);
        assertEquals("", stasis.listed());
    }

    @Test
    void aTmpfsHasItsSizeAndMode() throws Exception {
        String script =
                "stat -c %a /small; head -c 100000 /dev/zero > /small/big 2>/dev/null || echo full;"
                        + "stat -c %s /small/big";
        Bundle bundle = shell(script).mount("/small", "tmpfs", "tmpfs", "size=64k", "mode=700");
        assertOutput("700\nfull\n65536\n", run(bundle));
    }

    @Test
    void aTmpfsCanBeginWithWhatItCovers() throws Exception {
        String script =
                "cd /etc; cat passwd; readlink link; stat -c %a folder; cat folder/file;"
                        + "echo more >> folder/file; cat folder/file";
        Path root = Files.createDirectory(stasis.folder().resolve("root"));
        Path etc = Files.createDirectories(root.resolve("etc"));
        Files.writeString(etc.resolve("passwd"), "root\n");
        Files.createSymbolicLink(etc.resolve("link"), Path.of("passwd"));
        Path folder = Files.createDirectory(etc.resolve("folder"));
        Files.setPosixFilePermissions(
                folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-x---"));
        Files.writeString(folder.resolve("file"), "deep\n");
        Bundle bundle = shell(script).root(root);
        for (String shared : List.of("usr", "bin", "lib", "lib64")) {
            Path debian = ProgramsTest.ROOT.toAbsolutePath().resolve(shared);
            bundle.mount("/" + shared, "bind", debian.toRealPath().toString(), "bind", "ro");
        }
        bundle.mount("/etc", "tmpfs", "tmpfs", "nosuid", "nodev", "tmpcopyup");
        assertOutput("root\npasswd\n750\ndeep\ndeep\nmore\n", run(bundle));
        assertEquals("deep\n", Files.readString(folder.resolve("file")));
    }

    @Test
    void unknownOptionsAreRefused() throws Exception {
        Program tmpfs = run(shell("true").mount("/x", "tmpfs", "tmpfs", "colour=red"));
        assertEquals(128, tmpfs.exitCode());
        CommandLineTest.assertOneLine("unknown or wrong: colour=red", tmpfs);
        Program bind = run(shell("true").mount("/x", "bind", "/tmp", "bind", "colour=red"));
        assertEquals(128, bind.exitCode());
        CommandLineTest.assertOneLine("unknown option \"colour=red\"", bind);
    }

    @Test
    void maskedPathsShowNothing() throws Exception {
        String script = "ls /usr/bin | wc -l; wc -c < /etc/passwd; (echo x > /usr/bin/y) 2>&1";
        Bundle bundle =
                new Bundle(
                                "/bin/busybox",
                                "sh",
                                "-c",
                                script.replace("/usr/bin", "/usr/lib/python3"))
                        .linux(
                                "maskedPaths",
                                List.of("/usr/lib/python3", "/etc/passwd", "/proc/no/such"));
        Program run = run(bundle);
        assertEquals("0\n0\n", run.output().substring(0, 4), run::errors);
        assertEquals(true, run.output().contains("Read-only file system"), run::output);
    }

    @Test
    void protectedPathsAreProtectedAfterARestore() throws Exception {
        Bundle bundle =
                shell(
                                "echo up; read -r x; ls /usr/share | wc -l; (echo x > /tmp/free)"
                                        + " 2>&1 | tail -c 22")
                        .linux("maskedPaths", List.of("/usr/share"))
                        .linux("readonlyPaths", List.of("/tmp"));
        String folder = bundle.writeTo(stasis.folder()).toString();
        String image = stasis.folder().resolve("image").toString();
        Program run = stasis.start("run", "--bundle", folder, "a");
        run.awaitOutput("up\n"::equals);
        stasis.good("checkpoint", "--image-path", image, "a");
        Program restored = stasis.start("restore", "--bundle", folder, "--image-path", image, "b");
        restored.input("go\n");
        assertOutput("0\nRead-only file system\n", restored);
    }

    @Test
    void sysctlsAreSetOrNoted() throws Exception {
        String log = stasis.folder().resolve("log").toString();
        Bundle bundle =
                shell("cat /proc/sys/kernel/hostname")
                        .linux("sysctl", Map.of("kernel.hostname", "here", "net.no.such", "1"));
        String folder = bundle.writeTo(stasis.folder()).toString();
        Program run = stasis.run("--log", log, "run", "--bundle", folder, "a");
        assertOutput("here\n", run);
        String lines = Files.readString(Path.of(log));
        assertTrue(lines.contains("net.no.such is not set"), lines);
    }

    @Test
    void homeIsWhatTheContainersPasswdSays() throws Exception {
        assertOutput("/root\n", run(shell("echo $HOME")));
    }

    @Test
    void readOnlyPathsCannotBeWritten() throws Exception {
        String script =
                "(echo x > /tmp/free) && (echo x > /proc/sys/kernel/hostname) 2>&1 | tail -c 22;"
                        + "mkdir /dev/shm/x 2>&1 | tail -c 22";
        Bundle bundle =
                shell(script).linux("readonlyPaths", List.of("/proc/sys", "/dev/shm", "/no/such"));
        assertOutput("Read-only file system\nRead-only file system\n", run(bundle));
    }
}
