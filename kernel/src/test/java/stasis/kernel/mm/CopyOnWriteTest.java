package stasis.kernel.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import static stasis.abi.Mman.PROT_READ;
import static stasis.abi.Mman.PROT_WRITE;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import stasis.arch.Pages;
import stasis.kernel.caller.FakeMemoryFile;
import stasis.kernel.caller.FakePlatform;
import stasis.kernel.limits.ResourceLimits;
import stasis.kernel.mem.GuestMemory;

import java.util.ArrayList;
import java.util.List;

/** A page that a process shares with its child, from the write on. */
class CopyOnWriteTest {
    private static final long ADDR = 0x100000;

    private final FakePlatform platform = new FakePlatform(new FakeMemoryFile(1 << 20));
    private final GuestMemory memory = new GuestMemory(platform.memory());
    private final ResourceLimits limits = new ResourceLimits();

    /** Who holds the shared page, at each commit of the platform. */
    private final List<Integer> holders = new ArrayList<>();

    private MemoryMap parent;
    private int page;

    @BeforeEach
    void forkOnePage() throws Exception {
        parent = new MemoryMap(platform, memory);
        try (var _ = parent.lock.hold()) {
            parent.insertLocked(new Vma(ADDR, ADDR + Pages.SIZE, PROT_READ | PROT_WRITE));
        }
        PageFault.resolve(parent, limits, ADDR, false, 0);
        page = PageTable.page(parent.table.get(ADDR));
        ForkCopy.fork(parent);
        platform.atCommit(() -> holders.add(memory.count(page)));
    }

    private void write() {
        PageFault.resolve(parent, limits, ADDR, true, 0);
        assertNotEquals(page, PageTable.page(parent.table.get(ADDR)));
    }

    @Test
    void isGivenBackAfterOtherThreadsHaveStoppedSeeingIt() {
        parent.share();
        write();
        assertEquals(List.of(2), holders);
        assertEquals(1, memory.count(page));
    }

    @Test
    void isGivenBackAtOnceIfThereIsNoOtherThread() {
        write();
        assertEquals(List.of(), holders);
        assertEquals(1, memory.count(page));
    }
}
