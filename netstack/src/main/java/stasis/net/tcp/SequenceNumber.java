package stasis.net.tcp;

/** Order among sequence numbers, RFC 9293 3.4: modulo 2^32, within half of that. */
public final class SequenceNumber {
    private SequenceNumber() {}

    public static boolean before(int a, int b) {
        return a - b < 0;
    }

    public static boolean after(int a, int b) {
        return a - b > 0;
    }

    public static boolean atOrBefore(int a, int b) {
        return a - b <= 0;
    }

    public static boolean atOrAfter(int a, int b) {
        return a - b >= 0;
    }

    public static int max(int a, int b) {
        return after(a, b) ? a : b;
    }

    public static int min(int a, int b) {
        return before(a, b) ? a : b;
    }
}
