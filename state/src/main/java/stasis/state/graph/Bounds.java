package stasis.state.graph;

import com.esotericsoftware.kryo.io.Input;

/** No count is believed that the bytes left cannot hold. Precondition: the input is one array. */
final class Bounds {
    private Bounds() {}

    static void require(Input in, long count, int bytesEach) {
        int left = in.limit() - in.position();
        if (count < 0 || count * bytesEach > left) {
            throw new Defect("a count of " + count + " with " + left + " bytes left");
        }
    }
}
