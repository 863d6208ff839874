package stasis.cli.boot;

import stasis.host.HostFd;
import stasis.state.store.ImageStore;
import stasis.state.store.Section;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;

/** The sections of an image as descriptors that somebody else has opened. */
final class FdStore implements ImageStore, Closeable {
    private final Map<String, HostFd> sections;

    FdStore(Map<String, HostFd> sections) {
        this.sections = sections;
    }

    @Override
    public Section create(String name) throws IOException {
        return open(name);
    }

    @Override
    public Section open(String name) throws IOException {
        return new FdSection(name, descriptor(name));
    }

    /** Stays the store's. */
    HostFd descriptor(String name) throws IOException {
        HostFd fd = sections.get(name);
        if (fd == null) throw new FileNotFoundException(name);
        return fd;
    }

    /** The sections cannot be used any more. */
    @Override
    public void close() {
        for (HostFd fd : sections.values()) fd.close();
    }
}
