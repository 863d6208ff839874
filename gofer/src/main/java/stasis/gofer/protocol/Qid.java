package stasis.gofer.protocol;

/**
 * qid: type[1] version[4] path[8].
 *
 * @param path the same for the same file, different for different ones
 */
public record Qid(int type, int version, long path) {
    public static final int BYTES = 13;
}
