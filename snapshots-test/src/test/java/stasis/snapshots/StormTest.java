package stasis.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import stasis.kernel.vfs.FsContext;
import stasis.platform.PlatformProvider;
import stasis.platform.ptrace.PtraceProvider;
import stasis.state.pages.LostPagesException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Every guest program prints in the sandbox what it prints on Linux, however often it is saved. */
class StormTest {
    /**
     * A program whose source says {@code storm: n} is saved after every n-th call instead of every
     * one.
     */
    private static int storm(String name) throws Exception {
        String source = java.nio.file.Files.readString(GuestPrograms.SOURCES.resolve(name + ".c"));
        int at = source.indexOf("storm: ");
        if (at < 0) return 1;
        return Integer.parseInt(source.substring(at + 7).split("\\D", 2)[0]);
    }

    /** What is done with one program. */
    private interface Check {
        void of(String program) throws Exception;
    }

    private static Stream<DynamicTest> each(List<String> programs, Check check) {
        return programs.stream().map(n -> DynamicTest.dynamicTest(n, () -> check.of(n)));
    }

    private static Stream<DynamicTest> each(Check check) throws IOException {
        return each(GuestPrograms.names(), check);
    }

    @TestFactory
    Stream<DynamicTest> sameOutputAsOnLinux() throws Exception {
        return each(n -> compare(n, 0));
    }

    @TestFactory
    Stream<DynamicTest> sameOutputThroughSavesAndRestores() throws Exception {
        return each(n -> compare(n, storm(n)));
    }

    @TestFactory
    Stream<DynamicTest> sameOutputUnderPtrace() throws Exception {
        return each(n -> compare(new PtraceProvider(), n, storm(n), s -> s));
    }

    /** Whatever is written, by programs or by the kernel, is written elsewhere first. */
    @TestFactory
    Stream<DynamicTest> sameOutputOverSealedMemory() throws Exception {
        return each(n -> compare(n, storm(n), Sandbox::overSealedMemory));
    }

    @TestFactory
    Stream<DynamicTest> sameOutputOverSealedMemoryUnderPtrace() throws Exception {
        return each(n -> compare(new PtraceProvider(), n, 3 * storm(n), Sandbox::overSealedMemory));
    }

    /** And each image is the memory as it was when its program stood still. */
    @TestFactory
    Stream<DynamicTest> sameOutputWhileImagesAreWritten() throws Exception {
        return each(n -> compare(n, 2 * storm(n), Sandbox::leftRunning));
    }

    /** Nothing is in memory after a restore but what the programs and the kernel touch. */
    @TestFactory
    Stream<DynamicTest> sameOutputWithPagesOnDemand() throws Exception {
        return each(n -> compare(n, 5 * storm(n), s -> s.onDemand(false, ImageInMemory::new)));
    }

    /** At 10 MB/s: programs, loader and the next save want the same pages at once. */
    @TestFactory
    Stream<DynamicTest> sameOutputWithPagesFromASlowSource() throws Exception {
        return each(
                List.of("memory", "processes", "threads", "sharing", "files"),
                n -> compare(n, 20 * storm(n), s -> s.onDemand(true, StormTest::slow)));
    }

    private static ImageInMemory slow() {
        return new ImageInMemory().slow(10_000_000);
    }

    private static void compare(String name, int every) throws Exception {
        compare(name, every, s -> s);
    }

    private static void compare(String name, int every, UnaryOperator<Sandbox> how)
            throws Exception {
        compare(TestPlatform.provider(), name, every, how);
    }

    private static void compare(
            PlatformProvider platform, String name, int every, UnaryOperator<Sandbox> how)
            throws Exception {
        GuestPrograms.Outcome expected = GuestPrograms.runNatively(name);
        Path program = GuestPrograms.compiled(name);
        try (Sandbox sandbox = how.apply(new Sandbox(platform).savedEvery(every))) {
            FsContext fs = sandbox.tmpfsRoot(List.of(program));
            Sandbox.Result result = sandbox.run(fs, List.of("/bin/" + name));
            assertEquals(expected.output(), result.output(), result::toString);
            assertEquals(expected.exitCode(), result.exitCode());
            if (every > 0) assertTrue(result.saves() > 0, "was never saved");
        }
    }

    @Test
    void whoWritesMoreThanTheBoundIsSlowedAndGoesOn() throws Exception {
        String name = "invariant";
        Sandbox sandbox = new Sandbox(TestPlatform.provider()).savedEvery(60).slowedBeyond(8 << 20);
        try (sandbox) {
            FsContext fs = sandbox.tmpfsRoot(List.of(GuestPrograms.compiled(name)));
            Sandbox.Result result = sandbox.run(fs, List.of("/bin/" + name));
            assertEquals(GuestPrograms.runNatively(name).output(), result.output());
            assertTrue(sandbox.waits() > 0, "nobody was slowed");
        }
    }

    /** Its threads change 20 MB all the time. */
    @Test
    void invariantsHoldInEveryImageThatWasWrittenMeanwhile() throws Exception {
        String name = "invariant";
        String expected = GuestPrograms.runNatively(name).output();
        List<Path> programs = List.of(GuestPrograms.compiled(name));
        List<ImageInMemory> images;
        Sandbox original = new Sandbox(TestPlatform.provider()).savedEvery(9).leftRunning(6);
        try (original) {
            FsContext fs = original.tmpfsRoot(programs);
            assertEquals(expected, original.run(fs, List.of("/bin/" + name)).output());
            images = original.written();
        }
        assertTrue(images.size() > 3, images.size() + " images");
        for (ImageInMemory image : images) {
            try (Sandbox copy = new Sandbox(TestPlatform.provider())) {
                assertEquals(expected, copy.restored(image).output());
            }
        }
    }

    /** Whatever page it is that does not come: what the program has printed until then is right. */
    @Test
    void aPageThatDoesNotComeEndsTheProgramAndNothingElse() throws Exception {
        String name = "memory";
        String expected = GuestPrograms.runNatively(name).output();
        int ended = 0;
        for (int n = 0; ended == 0; n++) {
            int good = n;
            Sandbox sandbox =
                    new Sandbox(TestPlatform.provider())
                            .savedEvery(40)
                            .onDemand(false, () -> new ImageInMemory().failingAfter(good));
            try (sandbox) {
                FsContext fs = sandbox.tmpfsRoot(List.of(GuestPrograms.compiled(name)));
                Sandbox.Result result = sandbox.run(fs, List.of("/bin/" + name));
                assertEquals(expected, result.output());
                ended++;
            } catch (LostPagesException e) {
                assertEquals("cannot read pages.data: EIO", e.getMessage());
                assertTrue(expected.startsWith(sandbox.output()), sandbox.output());
            }
        }
    }
}
