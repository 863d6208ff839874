package stasis.state.image;

import stasis.state.pages.Compression;
import stasis.state.pages.Run;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The guest memory of an image.
 *
 * @param memory all of it, holes included; readable by any thread
 * @param runs what is allocated, ascending
 */
public record SavedPages(MemorySegment memory, Iterable<Run> runs, Compression compression) {
    public static SavedPages none() {
        return new SavedPages(MemorySegment.NULL, List.of(), Compression.RAW);
    }
}
