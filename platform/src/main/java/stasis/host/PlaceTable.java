package stasis.host;

import java.util.Arrays;

/**
 * In which file each page of a sandbox's memory lies, always at the same offset: a byte for each
 * page, so that a look-up never follows a chain. Written with the lock of the memory held; whoever
 * reads without it may see what was there before.
 */
final class PlaceTable {
    /** Beside the file's number: to be moved before it is written. */
    static final int SEALED = 0x80;

    private static final int SHIFT = 12;
    private static final int CHUNK = 1 << SHIFT;
    private static final byte[] ZEROES = {};

    /** Empty where all is 0. */
    private final byte[][] chunks;

    PlaceTable(long pages) {
        chunks = new byte[(int) ((pages + CHUNK - 1) >>> SHIFT)][];
        Arrays.fill(chunks, ZEROES);
    }

    private PlaceTable(byte[][] chunks) {
        this.chunks = chunks;
    }

    PlaceTable copy() {
        byte[][] copies = chunks.clone();
        for (int i = 0; i < copies.length; i++) {
            if (copies[i].length > 0) copies[i] = copies[i].clone();
        }
        return new PlaceTable(copies);
    }

    int get(long page) {
        byte[] chunk = chunks[(int) (page >>> SHIFT)];
        return chunk.length == 0 ? 0 : chunk[(int) page & (CHUNK - 1)] & 0xff;
    }

    /** Where those end, from {@code first} on and before {@code end}, that have its value. */
    long alike(long first, long end) {
        int value = get(first);
        long page = first + 1;
        while (page < end) {
            if (chunks[(int) (page >>> SHIFT)].length == 0) {
                if (value != 0) return page;
                page = (page & -CHUNK) + CHUNK;
            } else if (get(page) == value) {
                page++;
            } else {
                return page;
            }
        }
        return end;
    }

    void set(long first, long end, int value) {
        for (long at = first; at < end; ) {
            byte[] chunk = chunk(at);
            int from = (int) at & (CHUNK - 1);
            int to = (int) Math.min(CHUNK, from + end - at);
            Arrays.fill(chunk, from, to, (byte) value);
            at += to - from;
        }
    }

    private byte[] chunk(long page) {
        int i = (int) (page >>> SHIFT);
        if (chunks[i].length == 0) chunks[i] = new byte[CHUNK];
        return chunks[i];
    }

    /** All before {@code end}. */
    void seal(long end) {
        for (long at = 0; at < end; at += CHUNK) {
            byte[] chunk = chunk(at);
            int n = (int) Math.min(CHUNK, end - at);
            for (int i = 0; i < n; i++) chunk[i] |= (byte) SEALED;
        }
    }

    /** All before {@code end}, but those that have the value {@code kept}. */
    void unseal(long end, int kept) {
        for (long at = 0; at < end; at += CHUNK) {
            byte[] chunk = chunk(at);
            int n = (int) Math.min(CHUNK, end - at);
            for (int i = 0; i < n; i++) {
                if ((chunk[i] & 0xff) != kept) chunk[i] &= (byte) ~SEALED;
            }
        }
    }
}
