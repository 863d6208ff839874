package stasis.platform.systrap;

import stasis.platform.PlatformException;
import stasis.platform.stub.TablePages;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/** Gives areas to guest threads; those given back are zeroed. */
final class Areas {
    private static final int MAX = (int) (SystrapCode.AREAS_BYTES / Area.BYTES);

    private final TablePages file;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. */
    private final ArrayDeque<Integer> free = new ArrayDeque<>();

    /** Guarded by {@link #lock}. */
    private int used;

    Areas(TablePages file) {
        this.file = file;
    }

    Area take() throws PlatformException {
        int number = takeNumber();
        Area area = new Area(number, file.shared(at(number), Area.BYTES));
        area.initialize();
        return area;
    }

    private static long at(int number) {
        return SystrapCode.TRAMPOLINES_BYTES + (long) number * Area.BYTES;
    }

    private int takeNumber() throws PlatformException {
        lock.lock();
        try {
            Integer number = free.poll();
            if (number != null) return number;
            if (used == MAX) throw new PlatformException(MAX + " guest threads exist");
            return used++;
        } finally {
            lock.unlock();
        }
    }

    /** Precondition: the process that had it is gone, and nobody waits on it. */
    void give(Area area) {
        file.punchShared(at(area.number), Area.BYTES);
        lock.lock();
        try {
            free.push(area.number);
        } finally {
            lock.unlock();
        }
    }
}
