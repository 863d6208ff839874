package stasis.net.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Random;

class ChecksumTest {
    @Test
    void exampleOfRfc1071() {
        byte[] b = {
            0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7
        };

        assertEquals(0xddf2, Checksum.partial(b, 0, 8));
        assertEquals(0x220d, Checksum.of(b, 0, 8));
    }

    @Test
    void everyLengthAndAlignmentEqualsTheSumWordByWord() {
        byte[] b = new byte[300];
        new Random(1).nextBytes(b);
        for (int from = 0; from < 9; from++) {
            for (int to = from; to <= b.length; to++) {
                assertEquals(wordByWord(b, from, to), Checksum.partial(b, from, to));
            }
        }
    }

    @Test
    void carriesOfAllOnesAreAddedAgain() {
        byte[] b = new byte[65535];
        java.util.Arrays.fill(b, (byte) 0xff);

        assertEquals(wordByWord(b, 0, b.length), Checksum.partial(b, 0, b.length));
    }

    @Test
    void anOddByteAtTheEndIsPaddedWithZero() {
        assertEquals(0x0100, Checksum.partial(new byte[] {1}, 0, 1));
    }

    @Test
    void whatIsWrittenIsValid() {
        byte[] b = new byte[40];
        new Random(2).nextBytes(b);
        Bytes.put16(b, 10, 0);
        Bytes.put16(b, 10, Checksum.of(b, 0, 40));

        assertTrue(Checksum.isValid(b, 0, 40));
    }

    private static int wordByWord(byte[] b, int from, int to) {
        int sum = 0;
        for (int at = from; at < to; at += 2) {
            sum += Bytes.u8(b, at) << 8 | (at + 1 < to ? Bytes.u8(b, at + 1) : 0);
            if (sum > 0xffff) sum -= 0xffff;
        }
        return sum;
    }
}
