package stasis.net.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class TimerQueueTest {
    private final TimerQueue queue = new TimerQueue();
    private final List<Long> rung = new ArrayList<>();

    private final class Alarm extends Timed {
        private final long deadline;

        Alarm(long deadline) {
            this.deadline = deadline;
            queue.callBy(this, deadline);
        }

        @Override
        protected void timePassed(long nowNanos) {
            rung.add(deadline);
        }
    }

    @Test
    void alarmsRingInOrderAndNotBeforeTheirTime() {
        Random random = new Random(3);
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            long deadline = random.nextInt(1000);
            all.add(deadline);
            new Alarm(deadline);
        }
        queue.run(499);
        assertEquals(all.stream().filter(d -> d <= 499).sorted().toList(), rung);
        queue.run(1000);

        assertEquals(all.stream().sorted().toList(), rung);
        assertEquals(Timed.NEVER, queue.nextDeadline());
    }

    @Test
    void removedAlarmsDoNotRing() {
        Random random = new Random(4);
        List<Alarm> alarms = new ArrayList<>();
        for (int i = 0; i < 200; i++) alarms.add(new Alarm(random.nextInt(1000)));
        List<Long> left = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            if (i % 3 == 0) {
                queue.remove(alarms.get(i));
                queue.remove(alarms.get(i));
            } else {
                left.add(alarms.get(i).deadline);
            }
        }
        queue.run(1000);

        assertEquals(left.stream().sorted().toList(), rung);
    }

    @Test
    void aLaterCallDoesNotMoveAnEarlierOne() {
        Alarm a = new Alarm(10);
        queue.callBy(a, 20);

        assertEquals(10, queue.nextDeadline());
        queue.callBy(a, 5);
        assertEquals(5, queue.nextDeadline());
    }
}
