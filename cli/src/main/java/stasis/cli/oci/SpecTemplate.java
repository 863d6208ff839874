package stasis.cli.oci;

import org.jspecify.annotations.Nullable;

import stasis.cli.Version;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The config.json that {@code spec} writes, and the one {@code do} uses without writing it. */
public final class SpecTemplate {
    private static final List<String> CAPABILITIES =
            List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");

    private static final List<String> ALL_OF_ROOT =
            List.of(
                    "CAP_CHOWN",
                    "CAP_DAC_OVERRIDE",
                    "CAP_FOWNER",
                    "CAP_FSETID",
                    "CAP_KILL",
                    "CAP_SETGID",
                    "CAP_SETUID",
                    "CAP_SETPCAP",
                    "CAP_NET_BIND_SERVICE",
                    "CAP_NET_RAW",
                    "CAP_NET_ADMIN",
                    "CAP_SYS_CHROOT",
                    "CAP_SYS_PTRACE",
                    "CAP_SYS_ADMIN",
                    "CAP_MKNOD",
                    "CAP_AUDIT_WRITE",
                    "CAP_SETFCAP",
                    "CAP_IPC_LOCK",
                    "CAP_SYS_RESOURCE",
                    "CAP_SYS_NICE",
                    "CAP_DAC_READ_SEARCH");

    private SpecTemplate() {}

    public static Map<String, @Nullable Object> standard(List<String> args) {
        Map<String, @Nullable Object> process =
                process(
                        args,
                        List.of(
                                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                "TERM=xterm"),
                        "/",
                        true,
                        CAPABILITIES);
        process.put("rlimits", List.of(map("type", "RLIMIT_NOFILE", "hard", 1024L, "soft", 1024L)));
        process.put("noNewPrivileges", true);
        return spec(process, "rootfs", true, "stasis");
    }

    /** A config.json for a program of this host. */
    public static Map<String, @Nullable Object> hostJson(List<String> args) {
        String path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        return spec(process(args, List.of(path), "/", false, ALL_OF_ROOT), "/", false, "stasis");
    }

    /** The host's own root, whose changes stay in the sandbox. */
    public static Spec host(
            Path root, List<String> args, List<String> env, String cwd, boolean terminal)
            throws SpecException {
        Map<String, @Nullable Object> process = process(args, env, cwd, terminal, ALL_OF_ROOT);
        return Spec.of(Path.of("/"), new Node("", spec(process, root.toString(), false, "stasis")));
    }

    private static Map<String, @Nullable Object> process(
            List<String> args,
            List<String> env,
            String cwd,
            boolean terminal,
            List<String> capabilities) {
        Map<String, @Nullable Object> process = new LinkedHashMap<>();
        process.put("terminal", terminal);
        process.put("user", map("uid", 0L, "gid", 0L));
        process.put("args", args);
        process.put("env", env);
        process.put("cwd", cwd);
        process.put(
                "capabilities",
                map(
                        "bounding", capabilities,
                        "effective", capabilities,
                        "permitted", capabilities));
        return process;
    }

    private static Map<String, @Nullable Object> spec(
            Map<String, @Nullable Object> process, String root, boolean readonly, String hostname) {
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        spec.put("ociVersion", Version.SPEC);
        spec.put("process", process);
        spec.put("root", map("path", root, "readonly", readonly));
        spec.put("hostname", hostname);
        spec.put("mounts", mounts());
        spec.put(
                "linux",
                map(
                        "namespaces",
                        List.of(
                                map("type", "pid"),
                                map("type", "network"),
                                map("type", "ipc"),
                                map("type", "uts"),
                                map("type", "mount"))));
        return spec;
    }

    private static List<Object> mounts() {
        return List.of(
                mount("/proc", "proc", "proc", List.of()),
                mount(
                        "/dev",
                        "tmpfs",
                        "tmpfs",
                        List.of("nosuid", "strictatime", "mode=755", "size=65536k")),
                mount(
                        "/dev/pts",
                        "devpts",
                        "devpts",
                        List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620")),
                mount(
                        "/dev/shm",
                        "tmpfs",
                        "shm",
                        List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")),
                mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")),
                mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")));
    }

    private static Map<String, @Nullable Object> mount(
            String at, String type, String source, List<String> options) {
        return map("destination", at, "type", type, "source", source, "options", options);
    }

    private static Map<String, @Nullable Object> map(Object... namesAndValues) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return map;
    }
}
