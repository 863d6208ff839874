package stasis.kernel.vfs;

import static stasis.abi.StatMode.S_IFMT;

/**
 * What a new directory entry is to be: the arguments of mknod(2), mkdir(2) and symlink(2) after
 * umask and set-group-id directories had their say.
 *
 * @param mode type and permissions
 * @param rdev for devices, else 0
 * @param target for symbolic links, else empty
 * @param now guest CLOCK_REALTIME
 */
public record NewInode(int mode, int uid, int gid, long rdev, String target, long now) {
    public int type() {
        return mode & S_IFMT;
    }
}
