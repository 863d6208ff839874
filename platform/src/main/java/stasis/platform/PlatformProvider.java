package stasis.platform;

/** Found by {@link java.util.ServiceLoader}; makes platforms of one kind. */
public interface PlatformProvider {
    String name();

    /** Null if this host can run the platform, else one line that says why it cannot. */
    @org.jspecify.annotations.Nullable
    String unavailable();

    /** Everything that needs rights (spawning the first stub) happens here. */
    default Platform open() throws PlatformException {
        return open(-1);
    }

    /**
     * @param hostBase descriptor, to be read, of what {@link MemoryFile#layOver} can take pages
     *     from; it may be closed afterwards. -1: none
     */
    Platform open(int hostBase) throws PlatformException;
}
