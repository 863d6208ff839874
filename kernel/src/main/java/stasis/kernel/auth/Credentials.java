package stasis.kernel.auth;

import static stasis.abi.Capability.CAP_DAC_OVERRIDE;
import static stasis.abi.Capability.CAP_DAC_READ_SEARCH;
import static stasis.abi.Capability.CAP_FOWNER;

import stasis.state.Saved;

import java.util.List;

/**
 * credentials(7), immutable: a change makes a new one.
 *
 * @param groups supplementary group ids, ascending
 * @param permitted capability sets as bits {@code 1L << CAP_...}, capabilities(7)
 */
@Saved("auth.Credentials")
public record Credentials(
        Ids uids,
        Ids gids,
        List<Integer> groups,
        long permitted,
        long effective,
        long inheritable,
        long bounding,
        long ambient,
        boolean noNewPrivs,
        int securebits) {
    /** Every capability up to CAP_CHECKPOINT_RESTORE. */
    public static final long ALL = (1L << 41) - 1;

    public Credentials {
        groups = List.copyOf(groups);
    }

    /** What a container's first process has before the OCI spec says otherwise. */
    public static Credentials of(int uid, int gid, List<Integer> groups, long capabilities) {
        long held = uid == 0 ? capabilities : 0;
        return new Credentials(
                Ids.of(uid), Ids.of(gid), groups, held, held, 0, capabilities, 0, false, 0);
    }

    public static Credentials root() {
        return of(0, 0, List.of(), ALL);
    }

    public int uid() {
        return uids.real();
    }

    public int euid() {
        return uids.effective();
    }

    public int suid() {
        return uids.saved();
    }

    public int fsuid() {
        return uids.fs();
    }

    public int gid() {
        return gids.real();
    }

    public int egid() {
        return gids.effective();
    }

    public int sgid() {
        return gids.saved();
    }

    public int fsgid() {
        return gids.fs();
    }

    public boolean has(int capability) {
        return (effective & (1L << capability)) != 0;
    }

    public boolean inGroup(int gid) {
        return fsgid() == gid || groups.contains(gid);
    }

    /**
     * path_resolution(7): may this caller do {@code wanted} (R_OK 4, W_OK 2, X_OK 1) to a file with
     * this mode and owner?
     */
    public boolean mayAccess(int wanted, int mode, int fileUid, int fileGid) {
        int bits = fsuid() == fileUid ? mode >> 6 : inGroup(fileGid) ? mode >> 3 : mode;
        if ((wanted & ~(bits & 7)) == 0) return true;
        boolean directory = (mode & 0xf000) == 0x4000;
        if (has(CAP_DAC_OVERRIDE)) {
            return (wanted & 1) == 0 || directory || (mode & 0111) != 0;
        }
        return has(CAP_DAC_READ_SEARCH) && (wanted & 2) == 0 && ((wanted & 1) == 0 || directory);
    }

    /** Owner of the file, or CAP_FOWNER. */
    public boolean owns(int fileUid) {
        return fsuid() == fileUid || has(CAP_FOWNER);
    }

    /** As access(2) looks: with the real ids, and capabilities only for a real root. */
    public Credentials forAccess() {
        long held = uid() == 0 ? permitted : 0;
        return with(uids.forAccess(), gids.forAccess())
                .withCapabilities(permitted, held, inheritable, bounding, ambient);
    }

    public Credentials with(Ids newUids, Ids newGids) {
        return new Credentials(
                newUids,
                newGids,
                groups,
                permitted,
                effective,
                inheritable,
                bounding,
                ambient,
                noNewPrivs,
                securebits);
    }

    public Credentials withGroups(List<Integer> newGroups) {
        return new Credentials(
                uids,
                gids,
                newGroups.stream().sorted().toList(),
                permitted,
                effective,
                inheritable,
                bounding,
                ambient,
                noNewPrivs,
                securebits);
    }

    public Credentials withCapabilities(
            long newPermitted,
            long newEffective,
            long newInheritable,
            long newBounding,
            long newAmbient) {
        return new Credentials(
                uids,
                gids,
                groups,
                newPermitted,
                newEffective,
                newInheritable,
                newBounding,
                newAmbient,
                noNewPrivs,
                securebits);
    }

    public Credentials withNoNewPrivs() {
        return withBits(true, securebits);
    }

    public Credentials withSecurebits(int bits) {
        return withBits(noNewPrivs, bits);
    }

    private Credentials withBits(boolean newNoNewPrivs, int newSecurebits) {
        return new Credentials(
                uids,
                gids,
                groups,
                permitted,
                effective,
                inheritable,
                bounding,
                ambient,
                newNoNewPrivs,
                newSecurebits);
    }
}
