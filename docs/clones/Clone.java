import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What a Java program does to be another one than its siblings. Java has no poll(2): a thread looks at the generation
 * from time to time, or whoever is about to make a key does.
 */
public class Clone {
    private static final Path GENERATION = Path.of("/proc/stasis/generation");

    private final SecureRandom system = new SecureRandom(); // NativePRNG: the system's, mixed with its own
    private final SecureRandom drbg;
    private String generation = Files.readString(GENERATION);

    private Clone() throws Exception {
        drbg = SecureRandom.getInstance("DRBG"); // seeded once, then on its own
    }

    private boolean isAnother() throws IOException {
        String now = Files.readString(GENERATION);
        boolean another = !now.equals(generation);
        generation = now;
        return another;
    }

    /** Adds to what they hold; what was there stays in it, so this can only make it better. */
    private void renew() throws IOException {
        byte[] fresh = new byte[32];
        try (FileInputStream in = new FileInputStream("/dev/urandom")) {
            in.readNBytes(fresh, 0, fresh.length);
        }
        system.setSeed(fresh);
        drbg.setSeed(fresh);
    }

    private String draw() {
        byte[] bytes = new byte[8];
        system.nextBytes(bytes);
        String text = HexFormat.of().formatHex(bytes) + " ";
        drbg.nextBytes(bytes);
        return text + HexFormat.of().formatHex(bytes);
    }

    public static void main(String[] args) throws Exception {
        Clone clone = new Clone();
        clone.draw();
        System.out.println("ready");
        while (!clone.isAnother()) Thread.sleep(10);
        System.out.println("before " + clone.draw());
        clone.renew();
        System.out.println("after " + clone.draw());
    }
}
