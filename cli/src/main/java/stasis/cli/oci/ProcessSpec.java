package stasis.cli.oci;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The {@code process} of a config.json, also what {@code exec --process} gives.
 *
 * @param umask -1 if not given
 * @param capabilities null if not given; the sets as bits
 */
public record ProcessSpec(
        boolean terminal,
        int rows,
        int columns,
        int uid,
        int gid,
        List<Integer> groups,
        int umask,
        List<String> args,
        List<String> env,
        String cwd,
        @Nullable CapabilitySets capabilities,
        List<Rlimit> rlimits,
        boolean noNewPrivileges) {

    public record CapabilitySets(
            long bounding, long effective, long inheritable, long permitted, long ambient) {}

    /** Unsigned numbers. */
    public record Rlimit(int resource, long soft, long hard) {}

    private static final List<String> RLIMITS =
            List.of(
                    "CPU",
                    "FSIZE",
                    "DATA",
                    "STACK",
                    "CORE",
                    "RSS",
                    "NPROC",
                    "NOFILE",
                    "MEMLOCK",
                    "AS",
                    "LOCKS",
                    "SIGPENDING",
                    "MSGQUEUE",
                    "NICE",
                    "RTPRIO",
                    "RTTIME");

    public static ProcessSpec of(Map<?, ?> process) throws SpecException {
        return of(new Node("process", process));
    }

    static ProcessSpec of(Node p) throws SpecException {
        List<String> args = p.strings("args");
        if (args.isEmpty()) throw new SpecException(p.at("args") + " is missing");
        String cwd = p.string("cwd", "/");
        if (!cwd.startsWith("/")) throw new SpecException(p.at("cwd") + " is not absolute");
        Node user = p.object("user");
        Node size = p.object("consoleSize");
        return new ProcessSpec(
                p.flag("terminal"),
                (int) size.number("height", 0),
                (int) size.number("width", 0),
                user.id("uid"),
                user.id("gid"),
                user.ids("additionalGids"),
                (int) user.number("umask", -1),
                args,
                p.strings("env"),
                cwd,
                p.has("capabilities") ? capabilities(p.object("capabilities")) : null,
                rlimits(p),
                p.flag("noNewPrivileges"));
    }

    /** The same with other arguments, terminal and directory, as {@code exec ID program} asks. */
    public ProcessSpec with(List<String> newArgs, boolean newTerminal, String newCwd) {
        return new ProcessSpec(
                newTerminal,
                rows,
                columns,
                uid,
                gid,
                groups,
                umask,
                newArgs,
                env,
                newCwd,
                capabilities,
                rlimits,
                noNewPrivileges);
    }

    public ProcessSpec withEnv(List<String> more) {
        List<String> all = new ArrayList<>(env);
        all.addAll(more);
        return withOnlyEnv(all);
    }

    public ProcessSpec withOnlyEnv(List<String> all) {
        return new ProcessSpec(
                terminal,
                rows,
                columns,
                uid,
                gid,
                groups,
                umask,
                args,
                all,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges);
    }

    public ProcessSpec withUser(int newUid, int newGid) {
        return new ProcessSpec(
                terminal,
                rows,
                columns,
                newUid,
                newGid,
                groups,
                umask,
                args,
                env,
                cwd,
                capabilities,
                rlimits,
                noNewPrivileges);
    }

    private static CapabilitySets capabilities(Node c) throws SpecException {
        return new CapabilitySets(
                bits(c, "bounding"),
                bits(c, "effective"),
                bits(c, "inheritable"),
                bits(c, "permitted"),
                bits(c, "ambient"));
    }

    private static long bits(Node c, String set) throws SpecException {
        long bits = 0;
        for (String name : c.strings(set)) {
            int number = capability(name);
            if (number < 0) throw new SpecException(c.at(set) + ": unknown " + name);
            bits |= 1L << number;
        }
        return bits;
    }

    static int capability(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (!upper.startsWith("CAP_")) upper = "CAP_" + upper;
        return CapabilityNames.number(upper);
    }

    private static List<Rlimit> rlimits(Node p) throws SpecException {
        List<Rlimit> all = new ArrayList<>();
        for (Node r : p.objects("rlimits")) {
            String type = r.required("type");
            int number = type.startsWith("RLIMIT_") ? RLIMITS.indexOf(type.substring(7)) : -1;
            if (number < 0) throw new SpecException(r.at("type") + ": unknown " + type);
            long soft = r.number("soft", 0);
            long hard = r.number("hard", 0);
            if (Long.compareUnsigned(soft, hard) > 0) {
                throw new SpecException(r.at("soft") + " is above the hard limit");
            }
            all.add(new Rlimit(number, soft, hard));
        }
        return all;
    }
}
