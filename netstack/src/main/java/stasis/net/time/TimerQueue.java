package stasis.net.time;

import stasis.state.NotSaved;
import stasis.state.Saved;

import java.util.Arrays;

/**
 * Who wants to be called when: a binary heap of things that know their place in it. A deadline that
 * moves away costs nothing: the entry stays, and whoever is called too early queues itself again.
 * That is what happens to a retransmission timer with every acknowledgment.
 */
@Saved("net.TimerQueue")
public final class TimerQueue {
    @NotSaved("whoever waits queues itself again")
    private Timed[] heap = new Timed[64];

    @NotSaved("empty")
    private int size;

    public TimerQueue() {}

    /** Calls {@code timed} at {@code deadline} or, if it is queued for earlier, once before. */
    public void callBy(Timed timed, long deadline) {
        if (deadline >= timed.queuedFor) return;
        timed.queuedFor = deadline;
        if (timed.place < 0) append(timed);
        siftUp(timed);
    }

    public void remove(Timed timed) {
        int place = timed.place;
        if (place < 0) return;
        Timed last = heap[--size];
        heap[size] = null;
        timed.place = -1;
        timed.queuedFor = Timed.NEVER;
        if (last == timed) return;
        put(last, place);
        siftDown(last);
        siftUp(last);
    }

    public long nextDeadline() {
        return size == 0 ? Timed.NEVER : heap[0].queuedFor;
    }

    public void run(long nowNanos) {
        while (size > 0 && heap[0].queuedFor <= nowNanos) {
            Timed due = heap[0];
            remove(due);
            due.timePassed(nowNanos);
        }
    }

    private void append(Timed timed) {
        if (size == heap.length) heap = Arrays.copyOf(heap, 2 * size);
        put(timed, size++);
    }

    private void put(Timed timed, int place) {
        heap[place] = timed;
        timed.place = place;
    }

    private void siftUp(Timed timed) {
        int at = timed.place;
        while (at > 0) {
            Timed parent = heap[(at - 1) / 2];
            if (parent.queuedFor <= timed.queuedFor) break;
            int up = parent.place;
            put(parent, at);
            at = up;
        }
        put(timed, at);
    }

    private void siftDown(Timed timed) {
        int at = timed.place;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            boolean right = child + 1 < size && heap[child + 1].queuedFor < heap[child].queuedFor;
            if (right) child++;
            if (heap[child].queuedFor >= timed.queuedFor) break;
            put(heap[child], at);
            at = child;
        }
        put(timed, at);
    }
}
