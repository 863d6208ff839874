package stasis.cli.command;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;

import stasis.cli.ExitCode;
import stasis.cli.Failure;
import stasis.cli.pool.Template;
import stasis.state.image.SnapshotImage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code pool create} takes, and hands on to the process that keeps the pool. */
final class PoolOptions {
    private static final int SIZE_MAX = 1000;
    private static final int KEEP_FREE_MEGABYTES = 256;
    private static final long PRELOADED_BYTES = 64 << 20;

    private PoolOptions() {}

    static void define(CommandSpec spec) {
        Command.value(spec, "--image", "create: the image that its sandboxes are restored from");
        Command.value(spec, "--from", "create: or a running container, which goes on");
        Command.value(spec, "--bundle", "create: folder with config.json, if --image", "-b");
        Command.value(spec, "--size", "create, resize: how many are kept ready; 1");
        Command.value(
                spec,
                "--keep-free",
                "create: none is started if that would leave less than so many MB of the host's"
                        + " memory; 256");
        Command.choice(
                spec,
                "--preload",
                "create: sandboxes that wait have all their pages, which is the default if the"
                        + " image has at most 64 MiB of them");
        Command.flag(
                spec,
                "--ignore-cpu",
                "create: even if the image's programs may use what this processor lacks");
    }

    /** What of a caller's global options a sandbox that is made for him has. */
    static List<String> globals(Arguments a) {
        List<String> all = new ArrayList<>();
        for (String name : List.of("--platform", "--log", "--log-format", "--network")) {
            String value = a.global(name);
            if (value != null) all.addAll(List.of(name, absolute(name, value)));
        }
        for (String name : List.of("--debug", "--ignore-cgroups")) {
            if (a.globalFlag(name)) all.add(name);
        }
        return all;
    }

    private static String absolute(String name, String value) {
        return name.equals("--log") ? Path.of(value).toAbsolutePath().toString() : value;
    }

    /** These options as a command line. */
    static List<String> again(Arguments a) throws Failure {
        List<String> all = new ArrayList<>();
        Path image = a.path("--image");
        String from = a.value("--from");
        if ((image == null) == (from == null)) {
            throw new Failure(ExitCode.USAGE, "pool create takes either --image or --from");
        }
        if (image != null) {
            all.addAll(List.of("--image", image.toString()));
            all.addAll(List.of("--bundle", LaunchOptions.bundle(a).toString()));
        }
        if (from != null) all.addAll(List.of("--from", from));
        all.addAll(List.of("--size", Integer.toString(size(a, null))));
        all.addAll(List.of("--keep-free", Long.toString(keepFree(a))));
        all.add("--preload=" + preloads(a, image));
        if (a.flag("--ignore-cpu")) all.add("--ignore-cpu");
        return all;
    }

    static int size(Arguments a, @Nullable String word) throws Failure {
        int size = 1;
        try {
            if (word != null) size = Integer.parseUnsignedInt(word);
            else size = a.number("--size", 1);
        } catch (NumberFormatException e) {
            throw new Failure(ExitCode.USAGE, "a pool's size is a number, not " + word, e);
        }
        if (size <= SIZE_MAX) return size;
        throw new Failure(ExitCode.USAGE, "a pool has at most " + SIZE_MAX + " sandboxes ready");
    }

    static long keepFree(Arguments a) throws Failure {
        return a.number("--keep-free", KEEP_FREE_MEGABYTES);
    }

    /** Those of {@code restore} that members have. */
    static List<String> restoreOptions(Arguments a) {
        List<String> all = new ArrayList<>();
        if (a.flag("--preload", false)) all.add("--background=false");
        if (a.flag("--ignore-cpu")) all.add("--ignore-cpu");
        return all;
    }

    private static boolean preloads(Arguments a, @Nullable Path image) throws Failure {
        if (image == null) return a.flag("--preload", false);
        try {
            long bytes = Files.size(image.resolve(SnapshotImage.PAGES_DATA));
            return a.flag("--preload", bytes <= PRELOADED_BYTES);
        } catch (IOException e) {
            throw new Failure(ExitCode.SANDBOX, "no image in " + image + ": " + e, e);
        }
    }

    static Template template(Arguments a) throws Failure {
        Path image = a.path("--image");
        List<String> globals = globals(a);
        if (image != null) {
            return Template.ofImage(image, LaunchOptions.bundle(a), globals, restoreOptions(a));
        }
        String from = String.valueOf(a.value("--from"));
        return Template.ofContainer(a.root().find(from), globals, restoreOptions(a)).template();
    }
}
