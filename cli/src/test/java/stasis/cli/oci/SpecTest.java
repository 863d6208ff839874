package stasis.cli.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import stasis.cli.Json;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

class SpecTest {
    private static final Path BUNDLE = Path.of("/bundle");

    private static Spec parse(String text) throws SpecException {
        byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return Spec.parse(BUNDLE, "config.json", bytes);
    }

    private static String problem(String text) {
        return String.valueOf(assertThrows(SpecException.class, () -> parse(text)).getMessage());
    }

    private static String withProcess(String members) {
        return "{'ociVersion':'1.0.2','root':{'path':'rootfs'},'process':{" + members + "}}";
    }

    @Test
    void theTemplateIsAValidSpec() throws SpecException {
        Spec spec = parse(Json.text(SpecTemplate.standard(List.of("sh", "-c", "true"))));
        ProcessSpec process = spec.process();
        assertNotNull(process);
        assertEquals(List.of("sh", "-c", "true"), process.args());
        assertEquals(Path.of("/bundle/rootfs"), spec.root());
        assertTrue(spec.rootReadonly());
    }

    @Test
    void userLimitsAndCapabilitiesAreRead() throws SpecException {
        Spec spec =
                parse(
                        withProcess(
                                "'args':['x'],'cwd':'/w','noNewPrivileges':true,"
                                    + "'user':{'uid':1,'gid':2,'umask':18,'additionalGids':[3]},"
                                    + "'capabilities':{'bounding':['CAP_KILL','CAP_CHOWN']},"
                                    + "'rlimits':[{'type':'RLIMIT_NOFILE','soft':5,'hard':6}]"));
        ProcessSpec p = spec.process();
        assertNotNull(p);
        assertEquals(1, p.uid());
        assertEquals(2, p.gid());
        assertEquals(022, p.umask());
        assertEquals(List.of(3), p.groups());
        assertEquals(List.of(new ProcessSpec.Rlimit(7, 5, 6)), p.rlimits());
        ProcessSpec.CapabilitySets sets = p.capabilities();
        assertNotNull(sets);
        assertEquals(1L << 5 | 1, sets.bounding());
    }

    @Test
    void aBindMountIsKnownByItsOptionsToo() throws SpecException {
        Spec spec =
                parse(
                        "{'ociVersion':'1.0.2','root':{'path':'/r'},'mounts':[{'destination':'/a',"
                                + "'source':'b','type':'none','options':['rbind','ro']}]}");
        assertTrue(spec.mounts().getFirst().isBind());
    }

    @Test
    void whatIsWrongIsToldWithItsPath() {
        assertEquals("config.json: process.args is missing", problem(withProcess("'cwd':'/'")));
        assertEquals(
                "config.json: process.cwd is not absolute",
                problem(withProcess("'args':['x'],'cwd':'w'")));
        assertEquals(
                "config.json: process.args[1] is not a string",
                problem(withProcess("'args':['x',1]")));
        assertEquals(
                "config.json: process.user.uid is out of range",
                problem(withProcess("'args':['x'],'user':{'uid':-1}")));
        assertEquals("config.json: ociVersion 2.0 is not 1.x", problem("{'ociVersion':'2.0'}"));
        assertEquals(
                "config.json: process.rlimits[0].type: unknown RLIMIT_X",
                problem(withProcess("'args':['x'],'rlimits':[{'type':'RLIMIT_X'}]")));
        assertEquals(
                "config.json: mounts[0] is not an object",
                problem("{'ociVersion':'1.0','root':{'path':'/'},'mounts':[1]}"));
    }

    @Test
    void aMissingBundleIsToldApartFromAMissingConfig() {
        String none =
                String.valueOf(
                        assertThrows(SpecException.class, () -> Spec.read(Path.of("/no/such")))
                                .getMessage());
        assertEquals("/no/such: no such bundle", none);
    }
}
