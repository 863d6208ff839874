package stasis.cli.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import stasis.cli.Json;
import stasis.cli.oci.Resources;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** On folders that look like cgroups. */
class LimitsTest {
    private static final long MEGA = 1 << 20;

    @TempDir Path folder;

    private void files(String... names) throws Exception {
        for (String name : names) Files.writeString(folder.resolve(name), "");
    }

    private String file(String name) throws Exception {
        return Files.readString(folder.resolve(name));
    }

    private void set(String resources) throws Exception {
        byte[] json = resources.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        new Limits(folder).set(Resources.of(Json.object(json)));
    }

    @Test
    void versionOneHasAFileForEachNumber() throws Exception {
        files("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "cpu.shares");
        files("cpu.cfs_quota_us", "cpu.cfs_period_us", "cpuset.cpus");
        set(
                "{'memory':{'limit':1048576,'swap':-1},"
                        + "'cpu':{'shares':512,'quota':50000,'period':100000,'cpus':'0-1'}}");
        assertEquals(Long.toString(MEGA + Limits.OWN_MEMORY_BYTES), file("memory.limit_in_bytes"));
        assertEquals("-1", file("memory.memsw.limit_in_bytes"));
        assertEquals("512", file("cpu.shares"));
        assertEquals("50000", file("cpu.cfs_quota_us"));
        assertEquals("100000", file("cpu.cfs_period_us"));
        assertEquals("0-1", file("cpuset.cpus"));
    }

    @Test
    void versionTwoHasOtherUnits() throws Exception {
        files("memory.max", "memory.swap.max", "memory.low", "cpu.max", "cpu.weight");
        set(
                "{'memory':{'limit':1048576,'swap':3145728,'reservation':-1},"
                        + "'cpu':{'shares':1024,'quota':-1}}");
        assertEquals(Long.toString(MEGA + Limits.OWN_MEMORY_BYTES), file("memory.max"));
        assertEquals(Long.toString(2 * MEGA), file("memory.swap.max"));
        assertEquals("max", file("memory.low"));
        assertEquals("max 100000", file("cpu.max"));
        assertEquals("39", file("cpu.weight"));
    }

    @Test
    void whatIsNotGivenStaysAsItIs() throws Exception {
        files("memory.max", "cpu.max");
        set("{'cpu':{'quota':20000}}");
        assertEquals("", file("memory.max"));
        assertEquals("20000 100000", file("cpu.max"));
        assertFalse(Files.exists(folder.resolve("cpu.cfs_quota_us")));
    }
}
