package stasis.gofer.server;

import org.jspecify.annotations.Nullable;

import stasis.host.HostFd;

import java.util.ArrayList;
import java.util.List;

/** What a client's number stands for: a place below an export, and perhaps an open file. */
final class Fid {
    final Export export;

    /** From the export's top to here. */
    List<String> names;

    /** O_PATH; the export's own descriptor for its top. */
    HostFd place;

    /** By Tlopen or Tlcreate. */
    @Nullable HostFd open;

    Fid(Export export, List<String> names, HostFd place) {
        this.export = export;
        this.names = names;
        this.place = place;
    }

    boolean isTop() {
        return names.isEmpty();
    }

    String path() {
        return names.isEmpty() ? "." : String.join("/", names);
    }

    List<String> child(String name) {
        List<String> longer = new ArrayList<>(names);
        longer.add(name);
        return longer;
    }

    void close() {
        if (open != null) open.close();
        open = null;
        if (place != export.root()) place.close();
    }
}
