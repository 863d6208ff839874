package stasis.cli.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import stasis.abi.Mount;
import stasis.cli.Failure;
import stasis.cli.oci.Spec.MountSpec;

import java.util.List;

class MountOptionsTest {
    private static MountOptions of(String type, String... options) throws Failure {
        return MountOptions.of(new MountSpec("/to", type, "/from", List.of(options)));
    }

    @Test
    void flagsAndDataAreToldApart() throws Failure {
        assertEquals(
                new MountOptions(Mount.MS_NOSUID | Mount.MS_NODEV, "mode=755,size=1m", false),
                of("tmpfs", "nosuid", "strictatime", "mode=755", "rw", "nodev", "size=1m"));
    }

    @Test
    void onlyATmpfsIsCopiedInto() throws Failure {
        assertEquals(new MountOptions(0, "", true), of("tmpfs", "tmpcopyup", "rprivate"));
        assertEquals(new MountOptions(0, "", false), of("bind", "tmpcopyup", "rbind"));
    }

    @Test
    void bindMountsHaveNoData() {
        Failure e = assertThrows(Failure.class, () -> of("bind", "ro", "size=1m"));
        assertEquals(
                "mount of /from on /to: unknown option \"size=1m\" of a bind mount",
                e.getMessage());
    }
}
