package stasis.cli.state;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Another process that lists containers all the time, until its input ends. */
final class Looker {
    private Looker() {}

    static Process start(Path state) throws IOException {
        String modules = System.getProperty("jdk.module.path", "");
        String classes = System.getProperty("java.class.path", "") + File.pathSeparator + modules;
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        return new ProcessBuilder(
                        List.of(
                                java,
                                "-cp",
                                classes + File.pathSeparator + ofThisTest(),
                                Looker.class.getName(),
                                state.toString()))
                .start();
    }

    private static String ofThisTest() {
        try {
            return Path.of(Looker.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    public static void main(String[] args) throws Exception {
        StateRoot root = new StateRoot(Path.of(args[0]));
        Thread.ofPlatform().daemon().start(() -> look(root));
        System.out.println("looking");
        System.in.readAllBytes();
        Runtime.getRuntime().halt(0);
    }

    private static void look(StateRoot root) {
        try {
            while (true) {
                for (ContainerDirectory c : root.list()) c.status();
            }
        } catch (IOException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }
}
