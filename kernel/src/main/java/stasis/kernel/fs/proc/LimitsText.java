package stasis.kernel.fs.proc;

import stasis.kernel.limits.ResourceLimits;

import java.util.Locale;

/** {@code /proc/pid/limits}. */
final class LimitsText {
    /** By RLIMIT_* number, {@code fs/proc/base.c} lnames. */
    private static final String[][] NAMES = {
        {"Max cpu time", "seconds"},
        {"Max file size", "bytes"},
        {"Max data size", "bytes"},
        {"Max stack size", "bytes"},
        {"Max core file size", "bytes"},
        {"Max resident set", "bytes"},
        {"Max processes", "processes"},
        {"Max open files", "files"},
        {"Max locked memory", "bytes"},
        {"Max address space", "bytes"},
        {"Max file locks", "locks"},
        {"Max pending signals", "signals"},
        {"Max msgqueue size", "bytes"},
        {"Max nice priority", ""},
        {"Max realtime priority", ""},
        {"Max realtime timeout", "us"}
    };

    private LimitsText() {}

    static String limits(ResourceLimits limits) {
        StringBuilder out = new StringBuilder();
        line(out, "Limit", "Soft Limit", "Hard Limit", "Units");
        for (int i = 0; i < NAMES.length; i++) {
            line(out, NAMES[i][0], value(limits.soft(i)), value(limits.hard(i)), NAMES[i][1]);
        }
        return out.toString();
    }

    private static String value(long limit) {
        return limit == -1 ? "unlimited" : Long.toUnsignedString(limit);
    }

    private static void line(StringBuilder out, String a, String b, String c, String d) {
        out.append(String.format(Locale.ROOT, "%-25s %-20s %-20s %-10s\n", a, b, c, d));
    }
}
