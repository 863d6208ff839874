package stasis.kernel.fs.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static stasis.abi.Epoll.EPOLLET;
import static stasis.abi.Epoll.EPOLLHUP;
import static stasis.abi.Epoll.EPOLLIN;
import static stasis.abi.Epoll.EPOLLONESHOT;
import static stasis.abi.Epoll.EPOLLOUT;
import static stasis.abi.Fcntl.O_RDONLY;
import static stasis.abi.Fcntl.O_RDWR;
import static stasis.abi.Fcntl.O_WRONLY;
import static stasis.abi.Poll.POLLIN;
import static stasis.abi.Poll.POLLRDNORM;
import static stasis.kernel.fs.IpcFixture.assertErrno;

import org.junit.jupiter.api.Test;

import stasis.abi.Errno;
import stasis.kernel.fs.IpcFixture;
import stasis.kernel.fs.anon.AnonymousFilesystem;
import stasis.kernel.fs.pipe.PipeEnd;
import stasis.kernel.vfs.FdTable;
import stasis.kernel.vfs.FileDescription;

import java.util.ArrayList;
import java.util.List;

class EpollTest {
    private final IpcFixture caller = new IpcFixture();
    private final Epoll epoll = epoll();
    private FileDescription reader;
    private FileDescription writer;

    EpollTest() {
        PipeEnd.Pair ends = PipeEnd.pair(AnonymousFilesystem.newPipe(caller.vfs, caller), 0);
        reader = caller.open(ends.reader(), O_RDONLY);
        writer = caller.open(ends.writer(), O_WRONLY);
    }

    private Epoll epoll() {
        return new Epoll(AnonymousFilesystem.newOther(caller.vfs, caller, "[eventpoll]"));
    }

    private static List<String> events(Epoll epoll) {
        List<String> found = new ArrayList<>();
        epoll.collect(100, (events, data) -> found.add(data + ":" + events));
        return found;
    }

    @Test
    void levelTriggeredItemIsReportedUntilItIsNoLongerReady() throws Exception {
        epoll.add(reader, 3, EPOLLIN, 77);
        assertEquals(List.of(), events(epoll));
        caller.write(writer, "x");
        assertEquals(POLLIN | POLLRDNORM, epoll.readiness());
        assertEquals(List.of("77:1"), events(epoll));
        assertEquals(List.of("77:1"), events(epoll));
        caller.read(reader, 1);
        assertEquals(List.of(), events(epoll));
        assertEquals(0, epoll.readiness());
    }

    @Test
    void edgeTriggeredItemIsReportedOncePerNews() throws Exception {
        epoll.add(reader, 3, EPOLLIN | EPOLLET, 1);
        caller.write(writer, "x");
        assertEquals(List.of("1:1"), events(epoll));
        assertEquals(List.of(), events(epoll));
        caller.write(writer, "y");
        assertEquals(List.of("1:1"), events(epoll));
    }

    @Test
    void oneshotItemWaitsToBeRearmed() throws Exception {
        epoll.add(reader, 3, EPOLLIN | EPOLLONESHOT, 1);
        caller.write(writer, "x");
        assertEquals(List.of("1:1"), events(epoll));
        caller.write(writer, "y");
        assertEquals(List.of(), events(epoll));
        epoll.modify(reader, 3, EPOLLIN | EPOLLONESHOT, 2);
        assertEquals(List.of("2:1"), events(epoll));
    }

    @Test
    void hangupIsToldUnasked() throws Exception {
        epoll.add(reader, 3, 0, 5);
        writer.release(caller);
        assertEquals(List.of("5:" + EPOLLHUP), events(epoll));
    }

    @Test
    void fewerThanAreReadyAreGivenInTurn() throws Exception {
        epoll.add(reader, 3, EPOLLIN, 1);
        epoll.add(writer, 4, EPOLLOUT, 2);
        caller.write(writer, "x");
        List<Long> seen = new ArrayList<>();
        for (int i = 0; i < 4; i++) epoll.collect(1, (_, data) -> seen.add(data));
        assertEquals(List.of(2L, 1L, 2L, 1L), seen);
    }

    @Test
    void closedFileLeavesTheList() throws Exception {
        epoll.add(writer, 4, EPOLLOUT, 2);
        FileDescription copy = writer.acquire();
        copy.release(caller);
        assertEquals(List.of("2:" + EPOLLOUT), events(epoll));
        writer.release(caller);
        assertEquals(List.of(), events(epoll));
        assertErrno(Errno.ENOENT, () -> epoll.remove(writer, 4));
    }

    @Test
    void listKnowsWhatItHas() throws Exception {
        epoll.add(reader, 3, EPOLLIN, 1);
        assertErrno(Errno.EEXIST, () -> epoll.add(reader, 3, EPOLLIN, 1));
        epoll.add(reader, 9, EPOLLIN, 1);
        epoll.remove(reader, 3);
        assertErrno(Errno.ENOENT, () -> epoll.modify(reader, 3, EPOLLIN, 1));
        epoll.modify(reader, 9, EPOLLIN, 4);
    }

    @Test
    void instancesNestAndTellEachOther() throws Exception {
        Epoll outer = epoll();
        FileDescription inner = caller.open(epoll, O_RDWR);
        outer.add(inner, 5, EPOLLIN, 50);
        epoll.add(reader, 3, EPOLLIN, 1);
        assertEquals(List.of(), events(outer));
        caller.write(writer, "x");
        assertEquals(List.of("50:1"), events(outer));
        assertEquals(List.of("1:1"), events(epoll));
    }

    @Test
    void circlesAndDeepChainsAreRefused() throws Exception {
        FileDescription self = caller.open(epoll, O_RDWR);
        assertErrno(Errno.EINVAL, () -> epoll.add(self, 3, EPOLLIN, 0));
        Epoll other = epoll();
        other.add(self, 3, EPOLLIN, 0);
        FileDescription otherFile = caller.open(other, O_RDWR);
        assertErrno(Errno.ELOOP, () -> epoll.add(otherFile, 3, EPOLLIN, 0));
        Epoll bottom = epoll;
        int levels = 2;
        boolean refused = false;
        while (!refused && levels < 50) {
            Epoll next = epoll();
            try {
                bottom.add(caller.open(next, O_RDWR), 8, EPOLLIN, 0);
                bottom = next;
                levels++;
            } catch (stasis.abi.ErrnoException e) {
                assertEquals(Errno.ELOOP, e.errno());
                refused = true;
            }
        }
        assertTrue(refused);
        assertEquals(5, levels);
    }

    @Test
    void sleeperIsWokenThroughTheInstance() throws Exception {
        epoll.add(reader, 3, EPOLLIN, 1);
        FileDescription file = caller.open(epoll, O_RDWR);
        caller.whileAsleep(() -> caller.write(writer, "x"));
        long n =
                stasis.kernel.caller.Blocking.until(
                        caller,
                        file.impl(),
                        POLLIN,
                        Long.MAX_VALUE,
                        stasis.abi.RestartException.ERESTARTSYS,
                        () -> {
                            int found = epoll.collect(1, (_, _) -> {});
                            if (found == 0) throw Errno.EAGAIN.exception();
                            return found;
                        });
        assertEquals(1, n);
    }

    @Test
    void newsAndRegistrationsSurviveASnapshot() throws Exception {
        FdTable table = new FdTable();
        int r = table.install(caller, reader, 0, false);
        int w = table.install(caller, writer, 0, false);
        int e = table.install(caller, caller.open(epoll, O_RDWR), 0, false);
        epoll.add(reader, r, EPOLLIN | EPOLLET, 1);
        epoll.add(writer, w, EPOLLOUT | EPOLLONESHOT, 2);
        events(epoll);
        caller.write(writer, "pending");

        FdTable restored = caller.saveAndRestore(table, FdTable.class);
        Epoll again = (Epoll) restored.get(e).impl();
        assertEquals(List.of("1:1"), events(again));
        caller.write(restored.get(w), "more");
        assertEquals(List.of("1:1"), events(again));
        again.modify(restored.get(w), w, EPOLLOUT, 3);
        restored.close(caller, r);
        assertEquals(1, events(again).size());
    }
}
