package stasis.host.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The same as the host says elsewhere. */
class HostSetupTest {
    private final HostSetup host = new HostSetup();

    @Test
    void theKernelIsThatOfProc() throws IOException {
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        assertEquals("Linux " + release + " x86_64", host.kernel());
    }

    @Test
    void spaceIsThatOfTheFileStore() throws IOException {
        HostSetup.Space space = host.space(Path.of("/"));
        assertEquals(Files.getFileStore(Path.of("/")).getTotalSpace(), space.allBytes());
        assertTrue(space.freeBytes() > 0 && space.freeBytes() <= space.allBytes());
    }

    @Test
    void aMissingFolderIsTold() {
        IOException e = assertThrows(IOException.class, () -> host.space(Path.of("/no/such")));
        assertEquals("/no/such: no such file or directory", e.getMessage());
    }

    @Test
    void unknownSeccompActionsAreNotThere() {
        assertTrue(host.seccompAction(HostSetup.SECCOMP_RET_TRAP).good());
        assertFalse(host.seccompAction(0x1234_0000).good());
    }

    @Test
    void limitsAreCompared() {
        assertTrue(host.limit(HostSetup.RLIMIT_NOFILE, 3).good());
    }

    @Test
    void kvmIsThereIfItsDeviceIs() {
        assertTrue(Files.exists(Path.of("/dev/kvm")) || !host.kvm().good(), host.kvm().text());
    }

    @Test
    void allElseHasAnAnswer() {
        assertFalse(host.rights().text().isEmpty());
        assertFalse(host.fsgsbase().text().isEmpty());
        assertFalse(host.ptraceScope().text().isEmpty());
        assertFalse(host.userNamespaces().text().isEmpty());
    }
}
