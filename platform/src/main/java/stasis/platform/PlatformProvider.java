package stasis.platform;

/** Found by {@link java.util.ServiceLoader}; makes platforms of one kind. */
public interface PlatformProvider {
    String name();

    /** Null if this host can run the platform, else one line that says why it cannot. */
    @org.jspecify.annotations.Nullable
    String unavailable();

    /** Everything that needs rights (spawning the first stub) happens here. */
    Platform open() throws PlatformException;
}
