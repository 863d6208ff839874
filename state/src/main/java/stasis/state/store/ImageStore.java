package stasis.state.store;

import java.io.IOException;

/** The files of one image, by name. */
public interface ImageStore {
    /** A new, empty section. */
    Section create(String name) throws IOException;

    /**
     * An existing section, to read.
     *
     * @throws java.io.FileNotFoundException or {@link java.nio.file.NoSuchFileException} if it is
     *     missing
     */
    Section open(String name) throws IOException;
}
