package stasis.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

class JsonTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String problem(String text) {
        return String.valueOf(
                assertThrows(IOException.class, () -> Json.object(bytes(text))).getMessage());
    }

    @Test
    void whatWasReadIsWrittenTheSame() throws IOException {
        String text = "{\"a\":[1,-2,\"x\\n\",true,null,{\"b\":1.5}],\"c\":{}}";
        assertEquals(text, Json.text(Json.object(bytes(text))));
    }

    @Test
    void unsignedLimitsKeepTheirBits() throws IOException {
        assertEquals(-1L, Json.object(bytes("{\"n\":18446744073709551615}")).get("n"));
    }

    @Test
    void brokenTextIsToldInOneLineWithItsPlace() {
        String line = problem("{\"a\":\n{");
        assertTrue(line.startsWith("line 2: "), line);
        assertEquals(1, line.lines().count());
    }

    @Test
    void onlyOneObjectIsTaken() {
        assertEquals("not a JSON object", problem("[1]"));
        assertEquals("not a JSON object", problem(""));
        assertEquals("more follows the JSON object", problem("{} {}"));
    }

    @Test
    void deepNestingIsRefused() {
        assertEquals(
                "nested too deeply", problem("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}"));
    }
}
