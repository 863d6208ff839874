package stasis.kernel.task;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WakeHabitTest {
    private final WakeHabit habit = new WakeHabit();
    private long user;

    private void wakesAndSleepsAfter(long nanos) {
        habit.woke(user);
        user += nanos;
        habit.sleeps(user);
    }

    private void answers(int times) {
        for (int i = 0; i < times; i++) wakesAndSleepsAfter(WakeHabit.SOON_NANOS / 2);
    }

    @Test
    void nobodyIsBelievedToSleepSoonAtFirst() {
        wakesAndSleepsAfter(0);
        assertFalse(habit.sleepsSoon());
    }

    @Test
    void whoOnlyAnswersSleepsSoon() {
        answers(10);
        assertTrue(habit.sleepsSoon());
    }

    @Test
    void whoWorksAfterWakingDoesNot() {
        answers(5);
        wakesAndSleepsAfter(WakeHabit.SOON_NANOS);
        assertFalse(habit.sleepsSoon());
    }

    @Test
    void workWithoutWakingAnybodySaysNothing() {
        answers(10);
        user += 1_000_000_000;
        habit.sleeps(user);
        assertTrue(habit.sleepsSoon());
    }

    @Test
    void timeCountsFromTheFirstOfSeveralWakes() {
        answers(5);
        habit.woke(user);
        user += WakeHabit.SOON_NANOS;
        habit.woke(user);
        habit.sleeps(user);
        assertFalse(habit.sleepsSoon());
    }
}
