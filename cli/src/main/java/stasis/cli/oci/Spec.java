package stasis.cli.oci;

import org.jspecify.annotations.Nullable;

import stasis.cli.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A config.json of the OCI runtime specification 1.x, as far as a sandbox needs it. What it asks of
 * the host's kernel (cgroups, seccomp, devices, namespaces' paths) has no meaning in a sandbox,
 * whose kernel is its own.
 *
 * @param process null is allowed by the specification for a container that is only created
 * @param root the root's folder, absolute
 * @param cgroupsPath empty if not given
 * @param networkNamespace where it is, empty for a new one, null if none is asked for
 * @param notes what is asked of the host's kernel and has no effect
 */
public record Spec(
        String ociVersion,
        @Nullable ProcessSpec process,
        Path root,
        boolean rootReadonly,
        String hostname,
        String domainname,
        List<MountSpec> mounts,
        Map<String, String> annotations,
        Map<String, String> sysctl,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Hooks hooks,
        String cgroupsPath,
        Resources resources,
        @Nullable String networkNamespace,
        List<String> notes) {

    /**
     * @param source relative to the bundle for bind mounts
     */
    public record MountSpec(String destination, String type, String source, List<String> options) {
        public boolean isBind() {
            return type.equals("bind") || options.contains("bind") || options.contains("rbind");
        }
    }

    public static Spec read(Path bundle) throws SpecException {
        Path file = bundle.resolve("config.json");
        byte[] text;
        try {
            text = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new SpecException(
                    Files.isDirectory(bundle)
                            ? file + ": no such file; \"stasis spec\" makes one"
                            : bundle + ": no such bundle");
        } catch (IOException e) {
            throw new SpecException(file + ": cannot be read: " + e.getMessage());
        }
        return parse(bundle, file.toString(), text);
    }

    static Spec parse(Path bundle, String name, byte[] text) throws SpecException {
        try {
            return of(bundle, new Node("", Json.object(text)));
        } catch (IOException e) {
            throw new SpecException(name + ": " + e.getMessage());
        } catch (SpecException e) {
            throw new SpecException(name + ": " + e.getMessage());
        }
    }

    static Spec of(Path bundle, Node n) throws SpecException {
        String version = n.required("ociVersion");
        if (!version.startsWith("1.")) {
            throw new SpecException("ociVersion " + version + " is not 1.x");
        }
        Node root = n.object("root");
        Node linux = n.object("linux");
        return new Spec(
                version,
                n.has("process") ? ProcessSpec.of(n.object("process")) : null,
                bundle.resolve(root.required("path")).toAbsolutePath().normalize(),
                root.flag("readonly"),
                n.string("hostname", ""),
                n.string("domainname", ""),
                mounts(n),
                texts(n.object("annotations")),
                texts(linux.object("sysctl")),
                linux.strings("maskedPaths"),
                linux.strings("readonlyPaths"),
                Hooks.of(n.object("hooks")),
                linux.string("cgroupsPath", ""),
                Resources.of(linux.object("resources")),
                networkNamespace(linux),
                notes(linux));
    }

    private static List<String> notes(Node linux) throws SpecException {
        List<String> notes = new ArrayList<>();
        if (linux.has("seccomp")) {
            notes.add("linux.seccomp is not applied: no program reaches the host's kernel");
        }
        for (Node namespace : linux.objects("namespaces")) {
            String path = namespace.string("path", "");
            if (path.isEmpty() || isNetwork(namespace)) continue;
            notes.add(namespace.string("type", "") + " namespace " + path + " is not joined");
        }
        for (String resource : Resources.of(linux.object("resources")).ignored()) {
            notes.add("linux.resources." + resource + " is not enforced");
        }
        return notes;
    }

    private static boolean isNetwork(Node namespace) throws SpecException {
        return namespace.string("type", "").equals("network");
    }

    private static @Nullable String networkNamespace(Node linux) throws SpecException {
        for (Node namespace : linux.objects("namespaces")) {
            if (isNetwork(namespace)) return namespace.string("path", "");
        }
        return null;
    }

    private static List<MountSpec> mounts(Node n) throws SpecException {
        List<MountSpec> all = new ArrayList<>();
        for (Node m : n.objects("mounts")) {
            String destination = m.required("destination");
            if (!destination.startsWith("/")) destination = "/" + destination;
            all.add(
                    new MountSpec(
                            destination,
                            m.string("type", "bind"),
                            m.string("source", ""),
                            m.strings("options")));
        }
        return all;
    }

    private static Map<String, String> texts(Node n) throws SpecException {
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : n.names()) all.put(name, n.string(name, ""));
        return all;
    }
}
