package stasis.platform;

/** The stub processes of this JVM, which has no other children. */
public final class StubProcesses {
    private StubProcesses() {}

    /** How many are left; a factory that is closed reaps them by itself, at once. */
    public static int left() {
        long left = 1;
        for (int i = 0; i < 1000 && left > 0; i++) {
            left = ProcessHandle.current().children().count();
            if (left > 0) Thread.yield();
        }
        return (int) left;
    }
}
