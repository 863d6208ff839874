package stasis.state.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;

class Crc32cSumTest {
    @Test
    void partsSumUpToTheWhole() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            byte[] whole = new byte[random.nextInt(5000)];
            random.nextBytes(whole);
            Crc32cSum sum = new Crc32cSum();
            for (int at = 0, end; at < whole.length; at = end) {
                end = Math.min(whole.length, at + random.nextInt(1000));
                sum.append(Sections.crc(Arrays.copyOfRange(whole, at, end)), end - at);
            }
            assertEquals(Sections.crc(whole), sum.value());
        }
    }

    @Test
    void nothingHasTheSumOfNothing() {
        assertEquals(Sections.crc(new byte[0]), new Crc32cSum().value());
    }
}
