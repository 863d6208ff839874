package stasis.gofer.server;

import org.jspecify.annotations.Nullable;

import stasis.host.HostException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The client's numbers and what they stand for. */
final class FidTable {
    /** More than any client of ours uses; a bound for one that means ill. */
    private static final int MAX_FIDS = 1 << 20;

    private static final int EBADF = 9;
    private static final int EMFILE = 24;
    private static final int EEXIST = 17;

    private final List<Export> exports;
    private final Map<Integer, Fid> fids = new HashMap<>();

    FidTable(List<Export> exports) {
        this.exports = List.copyOf(exports);
    }

    @Nullable Export export(String name) {
        for (Export e : exports) if (e.name().equals(name)) return e;
        return null;
    }

    Fid get(int number) throws HostException {
        Fid fid = fids.get(number);
        if (fid == null) throw new HostException("fid " + number, EBADF);
        return fid;
    }

    void put(int number, Fid fid) throws HostException {
        if (fids.size() >= MAX_FIDS) {
            fid.close();
            throw new HostException("too many fids", EMFILE);
        }
        Fid old = fids.putIfAbsent(number, fid);
        if (old == null) return;
        fid.close();
        throw new HostException("fid " + number + " in use", EEXIST);
    }

    /** Twalk with newfid == fid. */
    void replace(int number, Fid fid) {
        Fid old = fids.put(number, fid);
        if (old != null) old.close();
    }

    boolean contains(int number) {
        return fids.containsKey(number);
    }

    void remove(int number) throws HostException {
        get(number).close();
        fids.remove(number);
    }

    void closeAll() {
        fids.values().forEach(Fid::close);
        fids.clear();
    }
}
