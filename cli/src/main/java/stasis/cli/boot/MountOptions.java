package stasis.cli.boot;

import stasis.abi.Mount;
import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.oci.Spec.MountSpec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of one mount of config.json.
 *
 * @param flags of mount(2)
 * @param data what is left for the file system to understand
 * @param copyUp whether a tmpfs begins with what it covers
 */
public record MountOptions(int flags, String data, boolean copyUp) {
    private static final String COPY_UP = "tmpcopyup";

    private static final Map<String, Integer> FLAGS = flagNames();

    /** Options of mount(8) and of runc that say what is so anyway, or what means nothing here. */
    private static final Set<String> NO_DATA =
            Set.of(
                    "rw",
                    "suid",
                    "dev",
                    "exec",
                    "atime",
                    "diratime",
                    "norelatime",
                    "strictatime",
                    "nostrictatime",
                    "lazytime",
                    "nolazytime",
                    "iversion",
                    "noiversion",
                    "async",
                    "nomand",
                    "silent",
                    "loud",
                    "bind",
                    "rbind",
                    "private",
                    "rprivate",
                    "shared",
                    "rshared",
                    "slave",
                    "rslave",
                    "unbindable",
                    "runbindable",
                    "newinstance",
                    "defaults");

    private static Map<String, Integer> flagNames() {
        Map<String, Integer> names = new HashMap<>();
        names.put("ro", Mount.MS_RDONLY);
        names.put("rro", Mount.MS_RDONLY);
        names.put("nosuid", Mount.MS_NOSUID);
        names.put("nodev", Mount.MS_NODEV);
        names.put("noexec", Mount.MS_NOEXEC);
        names.put("noatime", Mount.MS_NOATIME);
        names.put("nodiratime", Mount.MS_NODIRATIME);
        names.put("relatime", Mount.MS_RELATIME);
        return Map.copyOf(names);
    }

    /** Those of every mount, in order. */
    public static List<String> known() {
        List<String> all = new ArrayList<>(NO_DATA);
        all.addAll(FLAGS.keySet());
        all.add(COPY_UP);
        all.sort(null);
        return all;
    }

    static MountOptions of(MountSpec m) throws Failure {
        int flags = 0;
        boolean copyUp = false;
        List<String> data = new ArrayList<>();
        for (String option : m.options()) {
            Integer flag = FLAGS.get(option);
            if (flag != null) flags |= flag;
            else if (option.equals(COPY_UP)) copyUp = true;
            else if (!NO_DATA.contains(option)) data.add(option);
        }
        if (m.isBind() && !data.isEmpty()) {
            throw new Failure(
                    ExitCode.SANDBOX,
                    "mount of "
                            + m.source()
                            + " on "
                            + m.destination()
                            + ": unknown option \""
                            + data.getFirst()
                            + "\" of a bind mount");
        }
        return new MountOptions(flags, String.join(",", data), copyUp && m.type().equals("tmpfs"));
    }
}
