package stasis.cli.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.HexFormat;

/** Bytes that crit(1) shows as the messages that are meant. */
class CriuFilesTest {
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void anInventorySaysItsVersion() {
        assertEquals("19435654" + "16313158" + "02000000" + "0802", hex(CriuFiles.inventory()));
    }

    @Test
    void statsOfADumpAreMicroseconds() {
        String entry =
                "0800" + "1002" + "1802" + "2003" + "28ac02" + "3000" + "38ac02" + "4000" + "4800";
        assertEquals(
                "40591055" + "06330957" + "16000000" + "0a14" + entry,
                hex(CriuFiles.dumpStats(2_000, 5_000, 300)));
    }

    @Test
    void statsOfARestoreAreAnotherMessage() {
        String entry = "0800" + "1000" + "1800" + "2007" + "2801";
        assertEquals(
                "40591055" + "06330957" + "0c000000" + "120a" + entry,
                hex(CriuFiles.restoreStats(7_000, 1)));
    }
}
