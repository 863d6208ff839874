package stasis.kernel.fs.tty;

import static stasis.abi.Errno.EINVAL;

import stasis.abi.ErrnoException;
import stasis.kernel.caller.Caller;
import stasis.state.Saved;

/**
 * Mount options of devpts.
 *
 * @param uid of slaves; -1: whoever opens the master
 * @param gid the same
 */
@Saved("tty.DevptsOptions")
public record DevptsOptions(int uid, int gid, int mode, int ptmxMode) {
    /** What containers use, OCI runtime specification. */
    public static final DevptsOptions CONTAINER = new DevptsOptions(-1, 5, 0620, 0666);

    /** Linux's: slaves are their user's alone, ptmx is nobody's. */
    static final DevptsOptions DEFAULT = new DevptsOptions(-1, -1, 0600, 0);

    /** {@code gid=5,mode=620,ptmxmode=666,newinstance,max=N}. */
    static DevptsOptions parse(String text) throws ErrnoException {
        DevptsOptions o = DEFAULT;
        for (String option : text.split(",", -1)) {
            int eq = option.indexOf('=');
            String key = eq < 0 ? option : option.substring(0, eq);
            String value = eq < 0 ? "" : option.substring(eq + 1);
            o =
                    switch (key) {
                        case "uid" ->
                                new DevptsOptions(number(value, 10), o.gid, o.mode, o.ptmxMode);
                        case "gid" ->
                                new DevptsOptions(o.uid, number(value, 10), o.mode, o.ptmxMode);
                        case "mode" ->
                                new DevptsOptions(o.uid, o.gid, number(value, 8), o.ptmxMode);
                        case "ptmxmode" ->
                                new DevptsOptions(o.uid, o.gid, o.mode, number(value, 8));
                        case "", "newinstance", "max" -> o;
                        default -> throw EINVAL.exception();
                    };
        }
        return o;
    }

    private static int number(String value, int radix) throws ErrnoException {
        try {
            return Integer.parseUnsignedInt(value, radix);
        } catch (NumberFormatException e) {
            throw EINVAL.exception();
        }
    }

    int ownerFor(Caller caller) {
        return uid == -1 ? caller.credentials().fsuid() : uid;
    }

    int groupFor(Caller caller) {
        return gid == -1 ? caller.credentials().fsgid() : gid;
    }

    /** As in /proc/mounts. */
    String text() {
        StringBuilder text = new StringBuilder();
        if (uid != -1) text.append(",uid=").append(uid);
        if (gid != -1) text.append(",gid=").append(gid);
        text.append(String.format(",mode=%o,ptmxmode=%03o", mode, ptmxMode));
        return text.toString();
    }
}
