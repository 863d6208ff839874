package stasis.kernel.vfs;

/** Takes the entries of a directory one by one. */
@FunctionalInterface
public interface DirectorySink {
    /**
     * @param mode of which the type counts; 0 if unknown
     * @param next the cookie to go on with after this entry
     * @return false if there was no room for this entry, which was not taken
     */
    boolean entry(String name, long ino, int mode, long next);
}
