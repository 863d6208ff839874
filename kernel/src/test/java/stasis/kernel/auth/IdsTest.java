package stasis.kernel.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import stasis.abi.Errno;
import stasis.abi.ErrnoException;

class IdsTest {
    private static final Ids IDS = new Ids(1, 2, 3, 2);

    private interface Change {
        Ids make() throws ErrnoException;
    }

    private static void refused(Errno errno, Change change) {
        assertEquals(errno, assertThrows(ErrnoException.class, change::make).errno());
    }

    @Test
    void whoMayDoAnythingSetsAllOfThem() throws Exception {
        assertEquals(Ids.of(9), IDS.set(9, true));
        refused(Errno.EINVAL, () -> IDS.set(-1, true));
    }

    @Test
    void othersSwapTheEffectiveForRealOrSaved() throws Exception {
        assertEquals(new Ids(1, 3, 3, 3), IDS.set(3, false));
        assertEquals(new Ids(1, 1, 3, 1), IDS.set(1, false));
        refused(Errno.EPERM, () -> IDS.set(2, false)); // setuid(2): not the effective one
        refused(Errno.EPERM, () -> IDS.set(9, false));
    }

    @Test
    void theSavedOneFollowsIfTheRealOneIsSet() throws Exception {
        assertEquals(new Ids(2, 2, 2, 2), IDS.set(2, -1, false));
        assertEquals(new Ids(1, 3, 3, 3), IDS.set(-1, 3, false));
        assertEquals(new Ids(1, 1, 3, 1), IDS.set(-1, 1, false));
        refused(Errno.EPERM, () -> IDS.set(3, -1, false)); // setreuid(2): real from real, effective
        refused(Errno.EPERM, () -> IDS.set(-1, 9, false));
    }

    @Test
    void threeAtOnceAreAmongTheThreeThatAreThere() throws Exception {
        assertEquals(new Ids(3, 1, 2, 1), IDS.set(3, 1, 2, false));
        assertEquals(IDS, IDS.set(-1, -1, -1, false));
        refused(Errno.EPERM, () -> IDS.set(1, 9, 3, false));
        assertEquals(new Ids(7, 8, 9, 8), IDS.set(7, 8, 9, true));
    }

    @Test
    void theOneForFilesIsLeftIfItMayNotBeSet() {
        assertEquals(3, IDS.setFs(3, false).fs());
        assertEquals(2, IDS.setFs(9, false).fs());
        assertEquals(9, IDS.setFs(9, true).fs());
        assertEquals(2, IDS.setFs(-1, true).fs());
    }
}
