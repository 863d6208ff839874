package stasis.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HomeFolderTest {
    private static final String PASSWD =
            """
            root:x:0:0:root:/root:/bin/sh
            # a remark
            broken:line
            homeless:x:7:7:::
            someone:x:1000:1000:A, B:/home/someone:/bin/sh
            """;

    @Test
    void theLineOfTheIdSaysIt() {
        assertEquals("/root", HomeFolder.find(PASSWD, "0"));
        assertEquals("/home/someone", HomeFolder.find(PASSWD, "1000"));
    }

    @Test
    void whoIsUnknownIsAtHomeAtTheTop() {
        assertEquals("/", HomeFolder.find(PASSWD, "5"));
        assertEquals("/", HomeFolder.find(PASSWD, "7"));
        assertEquals("/", HomeFolder.find("", "0"));
    }
}
