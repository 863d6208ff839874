package stasis.kernel.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static stasis.abi.Errno.EFAULT;
import static stasis.abi.Errno.ENOSPC;
import static stasis.abi.Errno.ENXIO;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;
import stasis.kernel.caller.FakeMemoryFile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class FilePagesTest {
    private static final int PAGE = 4096;

    private final GuestMemory memory = new GuestMemory(new FakeMemoryFile(16 << 20));
    private final FilePages file = new FilePages(memory, new PageBudget(PageBudget.UNLIMITED));

    private static MemorySegment bytes(String text) {
        return MemorySegment.ofArray(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void write(long at, String text) throws ErrnoException {
        assertEquals(text.length(), file.write(bytes(text), 0, text.length(), at));
    }

    private String read(FilePages from, long at, int length) throws ErrnoException {
        byte[] to = new byte[length];
        long n = from.read(MemorySegment.ofArray(to), 0, length, at);
        return new String(to, 0, (int) n, StandardCharsets.ISO_8859_1);
    }

    private static void assertErrno(Errno errno, Executable call) {
        assertEquals(errno, assertThrows(ErrnoException.class, call).errno());
    }

    @Test
    void holesReadAsZeroesAndTakeNoMemory() throws Exception {
        write(10 * PAGE, "end");
        assertEquals("\0\0", read(file, 5 * PAGE, 2));
        assertEquals("\0end", read(file, 10 * PAGE - 1, 10));
        assertEquals(PAGE, file.allocated());
    }

    @Test
    void whatIsCutOffReadsAsZeroWhenTheFileGrowsAgain() throws Exception {
        write(0, "abcdef");
        file.resize(3);
        file.resize(6);
        assertEquals("abc\0\0\0", read(file, 0, 10));
    }

    @Test
    void truncationTellsTheMapsAndFreesThePages() throws Exception {
        write(0, "x".repeat(3 * PAGE));
        List<String> told = new ArrayList<>();
        file.mapped(target(told), 0x10000, 0, 3 * PAGE, true);
        file.resize(PAGE + 1);
        assertEquals(List.of("12000+1000 all"), told);
        assertEquals(2, memory.used());
        assertErrno(EFAULT, () -> file.page(2 * PAGE, false));
    }

    private static MappingTarget target(List<String> told) {
        return (addr, length, keepPrivate) ->
                told.add(
                        Long.toHexString(addr)
                                + "+"
                                + Long.toHexString(length)
                                + (keepPrivate ? " shared" : " all"));
    }

    @Test
    void partsOfAMappingCanGo() throws Exception {
        write(0, "x".repeat(4 * PAGE));
        List<String> told = new ArrayList<>();
        MappingTarget target = target(told);
        file.mapped(target, 0x10000, 0, 4 * PAGE, true);
        file.unmapped(target, 0x11000, PAGE, PAGE, true);
        file.resize(0);
        assertEquals(List.of("10000+1000 all", "12000+2000 all"), told);
    }

    @Test
    void aMappedPageOutlivesTheFile() throws Exception {
        write(0, "kept");
        long page = file.page(0, true);
        file.drop();
        assertEquals(1, memory.used());
        byte first = memory.mapping().get(ValueLayout.JAVA_BYTE, page);
        assertEquals('k', first);
        memory.release(GuestMemory.pageOf(page), 1);
        assertEquals(0, memory.used());
    }

    @Test
    void punchedHolesAreZeroAndSeekable() throws Exception {
        write(0, "x".repeat(3 * PAGE));
        file.punch(10, 2 * PAGE);
        assertEquals("x\0", read(file, 9, 2));
        assertEquals("\0x", read(file, 2 * PAGE + 9, 2));
        assertEquals(PAGE, file.seek(0, false));
        assertEquals(2 * PAGE, file.seek(PAGE, true));
        assertEquals(3 * PAGE, file.seek(2 * PAGE, false));
        assertErrno(ENXIO, () -> file.seek(3 * PAGE, true));
    }

    @Test
    void aFullFileSystemWritesWhatFits() throws Exception {
        FilePages small = new FilePages(memory, new PageBudget(1));
        assertEquals(PAGE, small.write(bytes("x".repeat(2 * PAGE)), 0, 2 * PAGE, 0));
        assertErrno(ENOSPC, () -> small.write(bytes("x"), 0, 1, PAGE));
    }

    @Test
    void pagesOfTheSourceAreCopiedWhenWrittenOrMapped() throws Exception {
        write(0, "a".repeat(2 * PAGE));
        FilePages over = over();
        assertEquals(0, over.allocated());
        over.write(bytes("B"), 0, 1, 1);
        assertEquals("aBa", read(over, 0, 3));
        assertEquals("aaa", read(file, 0, 3));
        long page = over.page(PAGE, false);
        over.write(bytes("C"), 0, 1, PAGE);
        assertEquals('C', memory.mapping().get(ValueLayout.JAVA_BYTE, page));
    }

    private FilePages over() {
        PageBudget budget = new PageBudget(PageBudget.UNLIMITED);
        return new FilePages(memory, budget, file.asSource(), file.size());
    }

    @Test
    void aSourceIsAskedForManyPagesAtOnce() throws Exception {
        List<String> asked = new ArrayList<>();
        FileSource source =
                (to, at, length, offset) -> {
                    asked.add(offset / PAGE + "+" + length / PAGE);
                    to.asSlice(at, length).fill((byte) 's');
                    return length;
                };
        PageBudget budget = new PageBudget(PageBudget.UNLIMITED);
        FilePages over = new FilePages(memory, budget, source, 40 * PAGE);
        over.write(bytes("w".repeat(PAGE)), 0, PAGE, 18 * PAGE);
        assertEquals("s".repeat(3 * PAGE) + "w", read(over, 15 * PAGE, 3 * PAGE + 1));
        long one = over.page(20 * PAGE, false);
        assertEquals(one + PAGE, over.page(21 * PAGE, false));
        over.page(39 * PAGE, false);
        assertEquals(List.of("15+3", "19+13", "32+8"), asked);
    }

    @Test
    void theSourceDoesNotShineThroughHolesOrCuts() throws Exception {
        write(0, "a".repeat(2 * PAGE));
        FilePages over = over();
        over.punch(0, PAGE);
        assertEquals("\0", read(over, 0, 1));
        over.resize(PAGE + 1);
        over.resize(2 * PAGE);
        assertEquals("a\0", read(over, PAGE, 2));
    }
}
